//! The tools. Each takes and gives the JSON of the REST interface.

use axum::http::request::Parts;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::Extension;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerConfig};
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::guard::Access;
use crate::http::Problem;
use crate::http::dto::{
    FindParams, NewReference, PageDto, RegisteredDto, RelatedParams, ResolvedDto, StatsDto,
    TraceDto, TraceParams,
};
use crate::http::{find_of, trace_of, window_of};
use crate::state::Service;
use crate::tokens::{Caller, Scope};

/// An id in any form.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct IdArgument {
    /// The id: typed, bare in either case, as a UUID, or of any older format.
    id: String,
}

/// The tools over a service, for one request or one client.
#[derive(Clone)]
pub(crate) struct Tools {
    service: Service,
    /// The only client, if it is not one that came over HTTP.
    only: Option<Caller>,
    tool_router: ToolRouter<Self>,
}

type Answer = Result<CallToolResult, ErrorData>;

#[tool_router]
impl Tools {
    pub(crate) fn new(service: Service, only: Option<Caller>) -> Self {
        Self { service, only, tool_router: Self::tool_router() }
    }

    /// The caller, if it may do this. Over HTTP the door has found out who it is.
    fn need(&self, parts: Option<&Parts>, scope: Scope) -> Result<Caller, Problem> {
        match (&self.only, parts.and_then(|parts| parts.extensions.get::<Access>())) {
            (Some(caller), _) if caller.may(scope) => Ok(caller.clone()),
            (None, Some(access)) => access.need(scope),
            _ => Err(Problem::unauthorized()),
        }
    }

    #[tool(
        description = "Say what any text is as an id: its format, kind, thread, user, time and canonical spelling, or why it \
                       is no id. The registry is not asked.",
        annotations(
            title = "Inspect an id",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn inspect(
        &self,
        parts: Http,
        Parameters(IdArgument { id }): Parameters<IdArgument>,
    ) -> Answer {
        let reading = self.need(parts.get(), Scope::Read).map(|_| self.service.inspect(&id));
        give(reading)
    }

    #[tool(
        description = "Find who made an id, and what it is: by any spelling of it, or by an alias.",
        annotations(
            title = "Resolve an id",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn resolve(
        &self,
        parts: Http,
        Parameters(IdArgument { id }): Parameters<IdArgument>,
    ) -> Answer {
        let caller = self.need(parts.get(), Scope::Read);
        give(caller.and_then(|caller| Ok(ResolvedDto::from(&self.service.resolve(&caller, &id)?))))
    }

    #[tool(
        description = "Tell all that is known around an id: its owner, aliases, links to parents, children, runs, threads, \
                       sessions and users, and what other systems made at the same time.",
        annotations(
            title = "Trace an id",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn trace(&self, parts: Http, Parameters(params): Parameters<TraceParams>) -> Answer {
        let trace = async {
            let caller = self.need(parts.get(), Scope::Read)?;
            let (id, options) = trace_of(params)?;
            Ok(TraceDto::from(&self.service.trace(&caller, id, options).await?))
        };
        give(trace.await)
    }

    #[tool(
        description = "Find the ids that were made around the time of an id, in the order of time, without itself.",
        annotations(
            title = "Find related ids",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn related(&self, parts: Http, Parameters(params): Parameters<RelatedParams>) -> Answer {
        let page = async {
            let caller = self.need(parts.get(), Scope::Read)?;
            let (id, window) = window_of(params)?;
            Ok(PageDto::from(&self.service.window(&caller, id, window).await?))
        };
        give(page.await)
    }

    #[tool(
        description = "List ids by system, by kind, or both, in the order of time; `next` is the cursor of the next page.",
        annotations(
            title = "Find ids",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn find(&self, parts: Http, Parameters(params): Parameters<FindParams>) -> Answer {
        let page = async {
            let caller = self.need(parts.get(), Scope::Read)?;
            Ok(PageDto::from(&self.service.find(&caller, find_of(params)?).await?))
        };
        give(page.await)
    }

    #[tool(
        description = "Tell how many ids there are, by system and by kind.",
        annotations(
            title = "Count ids",
            read_only_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn stats(&self, parts: Http) -> Answer {
        let caller = self.need(parts.get(), Scope::Read);
        give(caller.and_then(|caller| Ok(StatsDto::from(&self.service.stats(&caller)?))))
    }

    #[tool(
        description = "Register an id: which system made it, what it is, what it belongs to. The first writer of an id keeps \
                       it; the same again is fine. Needs a token with the scope `write`.",
        annotations(
            title = "Register an id",
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn register(&self, parts: Http, Parameters(new): Parameters<NewReference>) -> Answer {
        let registered = async {
            let caller = self.need(parts.get(), Scope::Write)?;
            let registered = self.service.register(&caller, vec![new]).await?.pop();
            let registered =
                registered.ok_or_else(|| Problem::failed("the registry gave no answer"))??;
            Ok(RegisteredDto::from(&registered))
        };
        give(registered.await)
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("unified-id", env!("CARGO_PKG_VERSION")))
            .with_instructions(
                "Answers what an id is, who made it and what belongs to it. Start with `inspect` for a text that is new to \
                 you, and with `trace` for one that is registered.",
            )
    }
}

/// The parts of the HTTP request, if the message came over HTTP.
struct Http(Option<Parts>);

impl Http {
    fn get(&self) -> Option<&Parts> {
        self.0.as_ref()
    }
}

impl<S>
    rmcp::handler::server::common::FromContextPart<
        rmcp::handler::server::tool::ToolCallContext<'_, S>,
    > for Http
{
    fn from_context_part(
        context: &mut rmcp::handler::server::tool::ToolCallContext<'_, S>,
    ) -> Result<Self, ErrorData> {
        Ok(Self(Extension::<Parts>::from_context_part(context).ok().map(|Extension(parts)| parts)))
    }
}

/// A refusal is the tool's answer, so that the model reads what to do.
fn give(answer: Result<impl Serialize, Problem>) -> Answer {
    match answer {
        Ok(answer) => {
            let value = serde_json::to_value(&answer)
                .map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
            Ok(CallToolResult::structured(value))
        }
        Err(problem) => {
            let text = format!("{}: {}\nhelp: {}", problem.code, problem.detail, problem.help);
            Ok(CallToolResult::error(vec![ContentBlock::text(text)]))
        }
    }
}
