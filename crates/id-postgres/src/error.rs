//! Why there is no connection: what, and what to do.

use rustls::CertificateError;

/// What an error is about; for branching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address cannot be understood, or the file of its authorities cannot be used.
    Address,
    /// The server does not encrypt, or its certificate was refused.
    Tls,
    /// The server cannot be reached, or refused.
    Server,
}

/// An error of a connection.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    #[source]
    source: Option<postgres::Error>,
}

impl Error {
    pub(crate) fn address(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Address, message: message.into(), source: None }
    }

    /// What the client says about a connection that was not made.
    pub(crate) fn connecting(error: postgres::Error) -> Self {
        let (kind, reason) = match (error.as_db_error(), refused(&error)) {
            (Some(said), _) => (ErrorKind::Server, said.message().to_owned()),
            (None, Some(certificate)) => (ErrorKind::Tls, certificate),
            (None, None) => {
                let kind = if is_tls(&error) { ErrorKind::Tls } else { ErrorKind::Server };
                let source = std::error::Error::source(&error);
                (kind, source.map_or_else(|| error.to_string(), ToString::to_string))
            }
        };
        let message = format!("no connection to the database: {reason}");
        Self { kind, message, source: Some(error) }
    }

    /// Whether the server said that this account may not come in, or not in this way.
    pub(crate) fn is_refusal(&self) -> bool {
        let code = self.source.as_ref().and_then(|error| error.code());
        code.is_some_and(|code| code.code().starts_with("28"))
    }

    /// Returns what the error is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Says what to do.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            ErrorKind::Address => {
                "write `postgres://user@host/database?sslmode=verify-full&sslrootcert=FILE`, FILE being the authority's certificate in PEM"
            }
            ErrorKind::Tls => {
                "compare `sslmode`, `sslrootcert` and the host of the address with the server's certificate; `sslmode=require` encrypts without a check"
            }
            ErrorKind::Server => "look at the server, the network, and the rights of the account",
        }
    }

    /// Returns what the client said, if it is about the server and another try may have another end.
    ///
    /// # Errors
    ///
    /// The error itself if it is about the address or TLS.
    pub fn into_server(self) -> Result<postgres::Error, Self> {
        match self {
            Self { kind: ErrorKind::Server, source: Some(source), .. } => Ok(source),
            other => Err(other),
        }
    }
}

/// Whether the two could not agree on TLS. A handshake that broke off, as when the server ends, says nothing about TLS.
fn is_tls(error: &postgres::Error) -> bool {
    // The client has no kind for this; a test holds the words.
    if !error.to_string().starts_with("error performing TLS handshake") {
        return false;
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
        Some(io) => {
            io.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        }
        None => true,
    }
}

/// Why a certificate was refused, in words.
fn refused(error: &postgres::Error) -> Option<String> {
    let io = std::error::Error::source(error)?.downcast_ref::<std::io::Error>()?;
    let rustls::Error::InvalidCertificate(why) = io.get_ref()?.downcast_ref()? else { return None };
    let why = match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "no authority in the file of `sslrootcert` signed it".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            // rustls tells the names after the colon.
            format!("it is for another host ({why})")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it is expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        other if other.to_string().contains("CaUsedAsEndEntity") => {
            "it is the certificate of an authority, not of a server".to_owned()
        }
        other => other.to_string(),
    };
    Some(format!("the server's certificate is refused: {why}"))
}
