//! The handlers of `/v1/...`, and their description.

use axum::Json;
use axum::body::{Body as Stream, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use id_registry::{Find, Registry, RegistryError, TraceOptions, Window};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;
use unified_id::Tenant;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Problem;
use super::dto::{
    AuditParams, BackupDto, Deletion, EventDto, ExportedDto, FindParams, IdParams, Ids, Items,
    MadeIds, NewBackup, NewIds, NewReference, NewReferences, NewRetention, NewSystem, NewToken,
    PageDto, Purge, Reading, RegisteredDto, RelatedParams, ResolvedDto, RetainedDto, ScrubDto,
    StatsDto, Step, SystemDto, Systems, TextParams, Token, TraceDto, TraceParams,
};
use super::extract::{Admin, Body, Params, Reader, Writer};
use crate::state::Service;
use crate::tokens::Caller;

/// A page, where the caller says nothing.
const PAGE: u32 = 100;

/// The most on a page.
const MAX_PAGE: u32 = 1_000;

/// The most in a list of a trace.
const MAX_LIST: u32 = 100;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Unified ID",
        description = "What an id is, who made it, what belongs to it, in any form the id is written. \
                       On the loopback interface reading needs no token; writing does."
    ),
    modifiers(&Tokens)
)]
struct Description;

struct Tokens;

impl utoipa::Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

fn described() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(inspect, inspect_batch))
        .routes(routes!(resolve, resolve_batch))
        .routes(routes!(find))
        .routes(routes!(related))
        .routes(routes!(trace))
        .routes(routes!(export))
        .routes(routes!(stats))
        .routes(routes!(systems, define_system))
        .routes(routes!(new_ids))
        .routes(routes!(register))
        .routes(routes!(register_batch))
        .routes(routes!(delete))
        .routes(routes!(purge))
        .routes(routes!(retain))
        .routes(routes!(backup))
        .routes(routes!(scrub))
        .routes(routes!(audit))
        .routes(routes!(mint))
}

/// The routes of the REST interface.
pub(crate) fn router() -> axum::Router<Service> {
    described().split_for_parts().0
}

/// The description of the REST interface as OpenAPI 3.1.
#[must_use]
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

/// Say what a text is
///
/// Any text: what format it has, its parts, its time, or why it is no id. The registry is not asked.
#[utoipa::path(get, path = "/v1/inspect", tag = "read", params(TextParams),
    responses((status = OK, body = Reading), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn inspect(
    State(service): State<Service>,
    _: Reader,
    Params(params): Params<TextParams>,
) -> Response {
    Json(service.inspect(&params.id)).into_response()
}

/// Say what many texts are
#[utoipa::path(post, path = "/v1/inspect", tag = "read", request_body = Ids,
    responses((status = OK, body = Vec<Reading>), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn inspect_batch(
    State(service): State<Service>,
    _: Reader,
    Body(ids): Body<Ids>,
) -> Result<Response, Problem> {
    check_count(&service, ids.ids.len())?;
    let readings: Vec<_> = ids.ids.iter().map(|id| service.inspect(id)).collect();
    Ok(Json(readings).into_response())
}

/// Find who made an id
#[utoipa::path(get, path = "/v1/resolve", tag = "read", params(IdParams),
    responses((status = OK, body = ResolvedDto), (status = NOT_FOUND, body = Problem, content_type = "application/problem+json"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn resolve(
    State(service): State<Service>,
    Reader(caller): Reader,
    Params(params): Params<IdParams>,
) -> Result<Json<ResolvedDto>, Problem> {
    Ok(Json((&service.resolve(&caller, &params.id)?).into()))
}

/// Find who made many ids
#[utoipa::path(post, path = "/v1/resolve", tag = "read", request_body = Ids,
    responses((status = OK, body = Items<ResolvedDto>), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn resolve_batch(
    State(service): State<Service>,
    Reader(caller): Reader,
    Body(ids): Body<Ids>,
) -> Result<Json<Items<ResolvedDto>>, Problem> {
    Ok(Json(service.resolve_batch(&caller, &ids.ids)?.into_iter().collect()))
}

/// Find ids by system, by kind, or both
///
/// Ids that hold a time come first, in the order of time.
#[utoipa::path(get, path = "/v1/find", tag = "read", params(FindParams),
    responses((status = OK, body = PageDto), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn find(
    State(service): State<Service>,
    Reader(caller): Reader,
    Params(params): Params<FindParams>,
) -> Result<Json<PageDto>, Problem> {
    Ok(Json((&service.find(&caller, find_of(params)?).await?).into()))
}

/// Find the ids that were made around the time of an id, without itself
#[utoipa::path(get, path = "/v1/related", tag = "read", params(RelatedParams),
    responses((status = OK, body = PageDto), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn related(
    State(service): State<Service>,
    Reader(caller): Reader,
    Params(params): Params<RelatedParams>,
) -> Result<Json<PageDto>, Problem> {
    let (id, window) = window_of(params)?;
    Ok(Json((&service.window(&caller, id, window).await?).into()))
}

/// Tell all that is known around an id
///
/// Its owner, aliases, links in both directions, and its neighbours in time by system; every list is bounded and says when it
/// was cut.
#[utoipa::path(get, path = "/v1/trace", tag = "read", params(TraceParams),
    responses((status = OK, body = TraceDto), (status = NOT_FOUND, body = Problem, content_type = "application/problem+json"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn trace(
    State(service): State<Service>,
    Reader(caller): Reader,
    Params(params): Params<TraceParams>,
) -> Result<Json<TraceDto>, Problem> {
    let (id, options) = trace_of(params)?;
    Ok(Json((&service.trace(&caller, id, options).await?).into()))
}

/// Export all entries, one JSON object per line
#[utoipa::path(get, path = "/v1/export", tag = "read",
    responses((status = OK, body = ExportedDto, content_type = "application/x-ndjson"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn export(State(service): State<Service>, Reader(caller): Reader) -> Response {
    lines(&service, &caller, |registry, tenant, out| {
        for exported in registry.export(tenant) {
            out.put(&ExportedDto::from(&exported?))?;
        }
        Ok(())
    })
}

/// Tell how many ids there are
#[utoipa::path(get, path = "/v1/stats", tag = "read",
    responses((status = OK, body = StatsDto), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn stats(
    State(service): State<Service>,
    Reader(caller): Reader,
) -> Result<Json<StatsDto>, Problem> {
    Ok(Json((&service.stats(&caller)?).into()))
}

/// List the systems that are known
#[utoipa::path(get, path = "/v1/systems", tag = "read",
    responses((status = OK, body = Systems), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn systems(
    State(service): State<Service>,
    Reader(caller): Reader,
) -> Result<Json<Systems>, Problem> {
    let systems = service.registry().systems(&caller.tenant)?;
    Ok(Json(Systems { systems: systems.iter().map(|system| SystemDto::from(&**system)).collect() }))
}

/// Make ids
///
/// Ids of one server are strictly increasing.
#[utoipa::path(post, path = "/v1/new", tag = "write", request_body = NewIds, security(("token" = [])),
    responses((status = OK, body = MadeIds), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn new_ids(
    State(service): State<Service>,
    _: Writer,
    Body(wanted): Body<NewIds>,
) -> Result<Json<MadeIds>, Problem> {
    Ok(Json(MadeIds { ids: service.make(&wanted)? }))
}

/// Register an id
///
/// The first writer of an id keeps it: the same again is fine, another owner is a conflict.
#[utoipa::path(post, path = "/v1/register", tag = "write", request_body = NewReference, security(("token" = [])),
    responses((status = CREATED, body = RegisteredDto), (status = OK, body = RegisteredDto, description = "It was registered before"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn register(
    State(service): State<Service>,
    Writer(caller): Writer,
    Body(reference): Body<NewReference>,
) -> Result<(StatusCode, Json<RegisteredDto>), Problem> {
    let registered = service.register(&caller, vec![reference]).await?.pop();
    let registered = registered.ok_or_else(|| Problem::failed("the registry gave no answer"))??;
    let is_new = registered.outcome == id_registry::Outcome::New;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json((&registered).into())))
}

/// Register many ids, each on its own
#[utoipa::path(post, path = "/v1/register/batch", tag = "write", request_body = NewReferences, security(("token" = [])),
    responses((status = OK, body = Items<RegisteredDto>), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn register_batch(
    State(service): State<Service>,
    Writer(caller): Writer,
    Body(new): Body<NewReferences>,
) -> Result<Json<Items<RegisteredDto>>, Problem> {
    Ok(Json(service.register(&caller, new.references).await?.into_iter().collect()))
}

/// Delete an id: it is still read, and marked; its owner keeps it
#[utoipa::path(post, path = "/v1/delete", tag = "admin", request_body = Deletion, security(("token" = [])),
    responses((status = OK, body = RegisteredDto), (status = NOT_FOUND, body = Problem, content_type = "application/problem+json"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn delete(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(deletion): Body<Deletion>,
) -> Result<Json<RegisteredDto>, Problem> {
    Ok(Json((&service.tombstone(&caller, deletion.id, deletion.reason).await?).into()))
}

/// Remove what was said of an id, its metadata; it stays marked, and its owner keeps it
#[utoipa::path(post, path = "/v1/purge", tag = "admin", request_body = Purge, security(("token" = [])),
    responses((status = OK, body = RegisteredDto), (status = NOT_FOUND, body = Problem, content_type = "application/problem+json"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn purge(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(purge): Body<Purge>,
) -> Result<Json<RegisteredDto>, Problem> {
    Ok(Json((&service.purge(&caller, purge.id).await?).into()))
}

/// Delete and purge what is old
///
/// Of the caller's tenant. The answer has two lines: that it runs, and how it ended. It goes on if the caller goes away.
#[utoipa::path(post, path = "/v1/retain", tag = "admin", request_body = NewRetention, security(("token" = [])),
    responses((status = OK, body = Step<RetainedDto>, content_type = "application/x-ndjson"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn retain(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(new): Body<NewRetention>,
) -> Result<Response, Problem> {
    let (name, retention) = (caller.name.clone(), new.into_retention()?);
    Ok(task(&service, &caller, move |registry, tenant| {
        registry.retain(tenant, &name, &retention).map(RetainedDto::from)
    }))
}

/// Copy all data to a new file on the server while everything goes on
///
/// For an admin of the server's own tenant. The answer has two lines: that it runs, and how it ended.
#[utoipa::path(post, path = "/v1/backup", tag = "admin", request_body = NewBackup, security(("token" = [])),
    responses((status = OK, body = Step<BackupDto>, content_type = "application/x-ndjson"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "A backup has this name, or there are too many"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn backup(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(new): Body<NewBackup>,
) -> Result<Response, Problem> {
    service.check_operator(&caller)?;
    let to = service.new_backup(&new.name)?;
    Ok(task(&service, &caller, move |registry, _| {
        registry.backup(&to)?;
        let bytes = std::fs::metadata(&to).map_or(0, |metadata| metadata.len());
        Ok(BackupDto { file: format!("backups/{}.db", new.name), bytes })
    }))
}

/// Read all data and compare it with its checksums and counters
///
/// For an admin of the server's own tenant. The answer has two lines: that it runs, and what was found.
#[utoipa::path(post, path = "/v1/scrub", tag = "admin", security(("token" = [])),
    responses((status = OK, body = Step<ScrubDto>, content_type = "application/x-ndjson"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn scrub(State(service): State<Service>, Admin(caller): Admin) -> Result<Response, Problem> {
    service.check_operator(&caller)?;
    Ok(task(&service, &caller, |registry, _| registry.scrub().map(ScrubDto::from)))
}

/// Define a system, or define it anew
#[utoipa::path(post, path = "/v1/systems", tag = "admin", request_body = NewSystem, security(("token" = [])),
    responses((status = OK, body = SystemDto), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn define_system(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(new): Body<NewSystem>,
) -> Result<Json<SystemDto>, Problem> {
    let system = new.into_system()?;
    let defined = SystemDto::from(&system);
    service.define_system(&caller, system).await?;
    Ok(Json(defined))
}

/// Read the audit: what was written, when and by whom, one JSON object per line
#[utoipa::path(get, path = "/v1/audit", tag = "admin", params(AuditParams), security(("token" = [])),
    responses((status = OK, body = EventDto, content_type = "application/x-ndjson"),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn audit(
    State(service): State<Service>,
    Admin(caller): Admin,
    Params(params): Params<AuditParams>,
) -> Response {
    if i64::try_from(params.after).is_err() {
        let help = "pass the `seq` of an event, or 0";
        return Problem::bad_request("no event has that place", help).into_response();
    }
    lines(&service, &caller, move |registry, tenant, out| {
        for event in registry.audit(Some(tenant), params.after) {
            out.put(&EventDto::from(&event?))?;
        }
        Ok(())
    })
}

/// Make a token that lives until the server stops at most
#[utoipa::path(post, path = "/v1/tokens", tag = "admin", request_body = NewToken, security(("token" = [])),
    responses((status = OK, body = Token), (status = "default", body = Problem, content_type = "application/problem+json")))]
async fn mint(
    State(service): State<Service>,
    Admin(caller): Admin,
    Body(new): Body<NewToken>,
) -> Result<Json<Token>, Problem> {
    let lifetime = std::time::Duration::from_secs(new.lifetime_s);
    Ok(Json(Token { token: service.mint(caller_of(&caller, new)?, lifetime)? }))
}

fn caller_of(maker: &Caller, new: NewToken) -> Result<Caller, Problem> {
    let is_name = |name: &str| {
        !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_graphic())
    };
    if !is_name(&new.name)
        || new.user.as_deref().is_some_and(|user| user.is_empty() || user.len() > 512)
    {
        let help = "use 1 to 64 letters, digits and signs of ASCII, and 1 to 512 bytes for a user";
        return Err(Problem::bad_request("this name is none for a token", help));
    }
    if !(1..=86_400).contains(&new.lifetime_s) {
        return Err(Problem::bad_request(
            format!("{} seconds", new.lifetime_s),
            "give 1 to 86,400 seconds",
        ));
    }
    let tenant = match new.tenant.as_deref() {
        Some(name) if name.chars().any(char::is_control) => {
            return Err(Problem::bad_request(
                "a tenant with control characters",
                "name it by printable characters",
            ));
        }
        Some(name) => Tenant::new(name)
            .map_err(|error| Problem::bad_request(error.to_string(), error.help()))?,
        None => maker.tenant.clone(),
    };
    let mut caller = Caller::new(tenant, &new.name, &new.scopes);
    (caller.system, caller.user) = (new.system.map(Into::into), new.user.map(Into::into));
    Ok(caller)
}

fn check_count(service: &Service, count: usize) -> Result<(), Problem> {
    let most = service.config().limits.batch;
    if count <= most {
        return Ok(());
    }
    Err(Problem::bad_request(
        format!("{count} ids at once"),
        format!("send at most {most} in one request"),
    ))
}

fn within(what: &str, given: Option<u32>, usual: u32, most: u32) -> Result<usize, Problem> {
    let number = given.unwrap_or(usual);
    if (1..=most).contains(&number) {
        return Ok(number as usize);
    }
    Err(Problem::bad_request(
        format!("`{what}` is {number}"),
        format!("give a number from 1 to {most}"),
    ))
}

/// Converts the parameters of a search.
pub(crate) fn find_of(params: FindParams) -> Result<Find, Problem> {
    let mut find = Find::all().limit(within("limit", params.limit, PAGE, MAX_PAGE)?);
    find.is_descending = params.newest_first;
    find.cursor = params.cursor.map(|cursor| cursor.parse()).transpose()?;
    (find.system, find.kind) = (params.system, params.kind);
    Ok(find)
}

/// Converts the parameters of a window.
pub(crate) fn window_of(params: RelatedParams) -> Result<(String, Window), Problem> {
    let limit = within("limit", params.limit, PAGE, MAX_PAGE)?;
    let mut window = params.window_ms.map_or_else(Window::default, Window::around).limit(limit);
    window.cursor = params.cursor.map(|cursor| cursor.parse()).transpose()?;
    (window.system, window.kind) = (params.system, params.kind);
    Ok((params.id, window))
}

/// Converts the parameters of a trace.
pub(crate) fn trace_of(params: TraceParams) -> Result<(String, TraceOptions), Problem> {
    let mut options = params.window_ms.map_or_else(TraceOptions::default, TraceOptions::around);
    options.list = Some(within("limit", params.limit, MAX_LIST, MAX_LIST)?);
    Ok((params.id, options))
}

/// Lines of JSON on their way to a caller.
struct Lines {
    out: mpsc::Sender<Result<Bytes, std::io::Error>>,
    buffer: Vec<u8>,
    runtime: Handle,
    patience: std::time::Duration,
}

/// Why no more lines are written.
enum Stopped {
    /// The caller is gone, or does not read.
    Gone,
    Failed(RegistryError),
}

impl From<RegistryError> for Stopped {
    fn from(error: RegistryError) -> Self {
        Self::Failed(error)
    }
}

impl Lines {
    const CHUNK_BYTES: usize = 32 << 10;

    fn put(&mut self, line: &impl Serialize) -> Result<(), Stopped> {
        serde_json::to_writer(&mut self.buffer, line).map_err(|_| Stopped::Gone)?;
        self.buffer.push(b'\n');
        if self.buffer.len() < Self::CHUNK_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        let sent = self.runtime.block_on(timeout(self.patience, self.out.send(Ok(chunk))));
        if matches!(sent, Ok(Ok(()))) { Ok(()) } else { Err(Stopped::Gone) }
    }
}

/// Runs what goes over all data, one at a time; the caller is told at once that it runs, since the end may be minutes away.
fn task<T: Serialize + 'static>(
    service: &Service,
    caller: &Caller,
    run: impl FnOnce(&Registry, &Tenant) -> Result<T, RegistryError> + Send + 'static,
) -> Response {
    let Ok(permit) = service.maintenance().try_acquire_owned() else {
        return Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "maintenance",
            "a retention, backup or scrub runs already",
            "wait until it has ended",
        )
        .into_response();
    };
    lines(service, caller, move |registry, tenant, out| {
        out.put(&Step::<T>::Running)?;
        out.flush()?;
        let step = match run(registry, tenant) {
            Ok(result) => Step::Done { result },
            Err(error) => {
                tracing::error!(%error, "maintenance failed");
                Step::Failed { problem: error.into() }
            }
        };
        drop(permit);
        out.put(&step)
    })
}

/// Streams lines from a thread that may wait for the disk; who does not read them is cut off.
fn lines(
    service: &Service,
    caller: &Caller,
    write: impl FnOnce(&Registry, &Tenant, &mut Lines) -> Result<(), Stopped> + Send + 'static,
) -> Response {
    let Ok(permit) = service.exports().try_acquire_owned() else {
        let help = "wait until another export has ended";
        return Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "exports",
            "too many exports at once",
            help,
        )
        .into_response();
    };
    let (out, mut chunks) = mpsc::channel(4);
    let patience = service.config().limits.request;
    let (service, tenant) = (service.clone(), caller.tenant.clone());
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut lines = Lines { out, buffer: Vec::new(), runtime, patience };
        let written = write(service.registry(), &tenant, &mut lines).and_then(|()| lines.flush());
        if let Err(Stopped::Failed(error)) = written {
            tracing::error!(%error, "an export ended early");
            // The connection is cut, so that nobody takes a part for the whole.
            let _ = lines.out.blocking_send(Err(std::io::Error::other(error.to_string())));
        }
        drop(permit);
    });
    let body = Stream::from_stream(futures_util::stream::poll_fn(move |cx| chunks.poll_recv(cx)));
    ([(CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}
