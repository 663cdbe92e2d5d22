//! The door of the whole router: before anything else Host and Origin, then the token, then the rate.
//!
//! A page of another site can make a browser on this machine send requests to a server on the loopback interface, by its
//! address or by a name that suddenly means 127.0.0.1. Such a request has a foreign Host, or a foreign Origin, or says of itself
//! that it is cross-site. Invariant: nothing is read, looked up or counted for such a request, but that it was refused.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::{Config, Limits};
use crate::http::Problem;
use crate::http::error::Code;
use crate::state::Service;
use crate::tokens::{Caller, Scope};
use crate::ws;

/// Only our own script and style; nothing is loaded from anywhere else, nothing is embedded anywhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who calls, or that it is somebody on this machine.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    Known(Arc<Caller>),
    /// Without a token, by a name of the loopback interface.
    Local(Arc<Caller>),
    /// Without a token, by another name.
    Nobody,
}

impl Access {
    /// The caller, if it may do this.
    pub(crate) fn need(&self, scope: Scope) -> Result<Caller, Problem> {
        match self {
            Self::Known(caller) | Self::Local(caller) if caller.may(scope) => {
                Ok((**caller).clone())
            }
            Self::Known(caller) => Err(Problem::forbidden(
                "scope",
                format!("the token of `{}` may not do this", caller.name),
                format!("use a token with the scope `{}`", name(scope)),
            )),
            Self::Local(_) | Self::Nobody => Err(Problem::unauthorized()),
        }
    }
}

const fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Admin => "admin",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Token(Arc<str>),
    Address(IpAddr),
}

/// How often each caller may ask.
pub(crate) struct Rates {
    requests: DefaultKeyedRateLimiter<Key>,
    wrong_tokens: DefaultKeyedRateLimiter<IpAddr>,
}

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let requests = Quota::per_second(at_least_one(limits.requests_per_second));
        let wrong = Quota::per_minute(at_least_one(limits.wrong_tokens_per_minute));
        Self {
            requests: RateLimiter::keyed(requests.allow_burst(at_least_one(limits.burst))),
            wrong_tokens: RateLimiter::keyed(wrong),
        }
    }

    /// Forgets who has not asked for long.
    pub(crate) fn sweep(&self) {
        self.requests.retain_recent();
        self.wrong_tokens.retain_recent();
    }
}

/// Lets a request through, or answers it.
pub(crate) async fn guard(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Response {
    service.metrics().asked();
    let admitted = match check(&service, &request) {
        Ok(admitted) => admitted,
        Err(problem) => {
            service.metrics().refused(problem.code);
            return finish(problem.into_response(), None);
        }
    };
    if admitted.is_preflight {
        return finish(StatusCode::NO_CONTENT.into_response(), admitted.origin.as_ref());
    }
    request.extensions_mut().insert(admitted.access);
    let response = next.run(request).await;
    if let Some(Code(code)) = response.extensions().get::<Code>() {
        service.metrics().refused(code);
    }
    finish(response, admitted.origin.as_ref())
}

struct Admitted {
    access: Access,
    /// The foreign origin that may read the answer.
    origin: Option<HeaderValue>,
    is_preflight: bool,
}

fn check(service: &Service, request: &Request) -> Result<Admitted, Problem> {
    let headers = request.headers();
    let host = check_host(request.uri(), headers, service.config())?;
    let origin = check_origin(headers, &host, service.config())?;
    let is_preflight = request.method() == Method::OPTIONS && origin.is_some();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    let rates = service.rates();
    let too_many = || {
        let help = "wait a second, send fewer requests, or more ids in one";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate", "too many requests", help)
    };
    let access = match ws::token(headers) {
        Some(token) => match service.tokens().find(token) {
            Some(caller) => Access::Known(caller),
            None if rates.wrong_tokens.check_key(&peer).is_err() => return Err(too_many()),
            None => return Err(Problem::unauthorized()),
        },
        None if headers.contains_key(axum::http::header::AUTHORIZATION) => {
            return Err(Problem::unauthorized());
        }
        None if host.is_loopback => Access::Local(service.local_caller()),
        None => Access::Nobody,
    };
    let key = match &access {
        Access::Known(caller) => Key::Token(Arc::clone(&caller.name)),
        _ => Key::Address(peer),
    };
    rates.requests.check_key(&key).map_err(|_| too_many())?;
    Ok(Admitted { access, origin, is_preflight })
}

/// By which name the server was called.
struct Host {
    authority: Authority,
    is_loopback: bool,
}

fn check_host(uri: &Uri, headers: &HeaderMap, config: &Config) -> Result<Host, Problem> {
    let refused = |host: &str| {
        Problem::forbidden(
            "host",
            format!("this server is not `{}`", crate::http::error::shown(host)),
            "call it as 127.0.0.1 or localhost, or start it with `--allow-host` and its name",
        )
    };
    let mut all = headers.get_all(HOST).iter();
    let first = all.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Two of them are read in two ways, by two programs.
    if all.next().is_some() {
        return Err(refused("two names at once"));
    }
    let authority: Authority = first.parse().map_err(|_| refused(first))?;
    let is_known = |authority: &Authority| {
        let name = authority.host().to_ascii_lowercase();
        let is_loopback = matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let is_named = config.hosts.iter().any(|host| {
            host.eq_ignore_ascii_case(&name) || host.eq_ignore_ascii_case(authority.as_str())
        });
        let is_plain = !authority.as_str().contains('@');
        (is_plain && (is_loopback || is_named)).then_some(is_loopback)
    };
    let is_loopback = is_known(&authority).ok_or_else(|| refused(first))?;
    if let Some(other) = uri.authority()
        && is_known(other).is_none()
    {
        return Err(refused(other.as_str()));
    }
    Ok(Host { authority, is_loopback })
}

/// Returns the foreign origin that may call; the own one needs no answer.
fn check_origin(
    headers: &HeaderMap,
    host: &Host,
    config: &Config,
) -> Result<Option<HeaderValue>, Problem> {
    let refused = |what: &str| {
        Problem::forbidden(
            "origin",
            format!("pages of `{}` may not call this server", crate::http::error::shown(what)),
            "start it with `--allow-origin` and the page's origin",
        )
    };
    let mut all = headers.get_all(ORIGIN).iter();
    let origin = all.next();
    if all.next().is_some() {
        return Err(refused("two origins at once"));
    }
    let Some(origin) = origin else {
        // A link from another site may lead here; what another site embeds or fetches may not.
        let says = |name: &str, value: &str| {
            headers.get(name).is_some_and(|found| found.as_bytes() == value.as_bytes())
        };
        if says("sec-fetch-site", "cross-site") && !says("sec-fetch-mode", "navigate") {
            return Err(refused("another site"));
        }
        return Ok(None);
    };
    let text = origin.to_str().unwrap_or_default();
    if config.origins.iter().any(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(Some(origin.clone()));
    }
    let own = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match own {
        Some(own) if own.eq_ignore_ascii_case(host.authority.as_str()) => Ok(None),
        _ => Err(refused(text)),
    }
}

/// Adds what every answer carries.
fn finish(mut response: Response, origin: Option<&HeaderValue>) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value))
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if let Some(origin) = origin {
        set(VARY, "Origin");
        set(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE");
        set(
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, mcp-protocol-version, mcp-session-id",
        );
        set(ACCESS_CONTROL_MAX_AGE, "600");
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Result<bool, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(text).unwrap());
        let mut config = Config::default();
        config.hosts.push("ids.example.com".to_owned());
        check_host(&Uri::from_static("/"), &headers, &config).map(|host| host.is_loopback)
    }

    #[test]
    fn only_our_own_names_are_taken() {
        for own in ["localhost", "LOCALHOST:8681", "127.0.0.1", "127.0.0.1:1", "[::1]:8681"] {
            assert!(host(own).unwrap(), "{own}");
        }
        for named in ["ids.example.com", "Ids.Example.com:443"] {
            assert!(!host(named).unwrap(), "{named}");
        }
        for evil in [
            "",
            "evil.com",
            "localhost.evil.com",
            "evil.com:8681",
            "127.0.0.1.evil.com",
            "localhost:8681@evil.com",
            "evil@localhost",
            "0.0.0.0",
            "127.0.0.2",
            "[::]",
            "[::ffff:127.0.0.1]",
            "localhost.",
            "localhost, evil.com",
        ] {
            assert_eq!(host(evil).unwrap_err().code, "host", "{evil}");
        }
    }

    fn origin(pairs: &[(&'static str, &'static str)]) -> Result<bool, Problem> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut config = Config::default();
        config.origins.push("https://app.example.com".to_owned());
        let host = Host { authority: Authority::from_static("localhost:8681"), is_loopback: true };
        check_origin(&headers, &host, &config).map(|origin| origin.is_some())
    }

    #[test]
    fn only_our_own_page_and_named_ones_may_call() {
        assert!(!origin(&[]).unwrap());
        assert!(!origin(&[("origin", "http://localhost:8681")]).unwrap());
        assert!(origin(&[("origin", "https://app.example.com")]).unwrap());
        for evil in [
            "null",
            "http://evil.com",
            "http://localhost:3000",
            "http://localhost",
            "http://127.0.0.1:8681",
            "http://localhost:8681.evil.com",
            "https://app.example.com.evil.com",
            "file://",
            "",
            "http://localhost:8681/",
        ] {
            assert_eq!(origin(&[("origin", evil)]).unwrap_err().code, "origin", "{evil}");
        }
        assert!(
            origin(&[("origin", "http://localhost:8681"), ("origin", "http://evil.com")]).is_err()
        );
        assert!(
            origin(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]).is_err()
        );
        assert!(
            origin(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]).is_ok()
        );
        assert!(origin(&[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors")]).is_ok());
    }
}
