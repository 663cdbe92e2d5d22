//! Connections to real servers, of which one encrypts with a certificate that the test made.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::path::PathBuf;
use std::sync::LazyLock;

use id_postgres::{Address, Error, ErrorKind};
use id_testkit::certificates::Authority;
use id_testkit::postgres::Postgres as Server;
use tempfile::TempDir;

/// An encrypting server whose certificate is for `localhost` alone, and the files of two authorities.
struct Encrypting {
    server: Server,
    folder: TempDir,
}

static ENCRYPTING: LazyLock<Encrypting> = LazyLock::new(|| {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    authority.write(&folder.path().join("root.pem"));
    Authority::new().write(&folder.path().join("other.pem"));
    File::create(folder.path().join("none.pem")).unwrap();
    let server = Server::encrypting(&authority.server("localhost"));
    let mut admin = connect(&server.url("postgres"), "?sslmode=disable").unwrap();
    admin.batch_execute("CREATE ROLE sealed LOGIN; CREATE ROLE open LOGIN").unwrap();
    Encrypting { server, folder }
});

impl Encrypting {
    fn roots(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        format!("&sslrootcert={}", path.display())
    }

    fn url(&self, user: &str, host: &str) -> String {
        format!("postgres://{user}@{host}:{}/postgres", self.server.port())
    }
}

fn connect(url: &str, settings: &str) -> Result<postgres::Client, Error> {
    Address::parse(&format!("{url}{settings}"))?.connect()
}

#[track_caller]
fn refused(url: &str, settings: &str) -> Error {
    connect(url, settings).map(drop).unwrap_err()
}

/// Whether the server says that this connection is encrypted.
#[track_caller]
fn is_encrypted(mut client: postgres::Client) -> bool {
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn each_mode_encrypts_and_checks_what_it_says() {
    let it = &*ENCRYPTING;
    let (root, other) = (it.roots("root.pem"), it.roots("other.pem"));
    // Host, settings, and whether the connection is encrypted; no connection at all if nothing is said.
    let cases: &[(&str, String, Option<bool>)] = &[
        ("localhost", "?sslmode=disable".into(), Some(false)),
        ("localhost", "?sslmode=allow".into(), Some(false)),
        ("localhost", String::new(), Some(true)),
        ("localhost", "?sslmode=prefer".into(), Some(true)),
        ("localhost", "?sslmode=require".into(), Some(true)),
        ("127.0.0.1", "?sslmode=require".into(), Some(true)),
        ("localhost", format!("?sslmode=require{root}"), Some(true)),
        ("localhost", format!("?sslmode=verify-ca{root}"), Some(true)),
        ("localhost", format!("?sslmode=verify-full{root}"), Some(true)),
        // The certificate is for another name.
        ("127.0.0.1", format!("?sslmode=require{root}"), Some(true)),
        ("127.0.0.1", format!("?sslmode=verify-ca{root}"), Some(true)),
        ("127.0.0.1", format!("?sslmode=verify-full{root}"), None),
        // Another authority signed it.
        ("localhost", format!("?sslmode=require{other}"), None),
        ("localhost", format!("?sslmode=verify-ca{other}"), None),
        ("localhost", format!("?sslmode=verify-full{other}"), None),
        ("localhost", format!("?sslmode=prefer{other}"), Some(false)),
    ];
    for (host, settings, expected) in cases {
        let made = connect(&it.url("postgres", host), settings);
        match (made, expected) {
            (Ok(client), Some(expected)) => {
                assert_eq!(is_encrypted(client), *expected, "{host} {settings}");
            }
            (Err(error), None) => assert_eq!(error.kind(), ErrorKind::Tls, "{settings}: {error}"),
            (Ok(_), None) => panic!("{host} {settings}: a connection"),
            (Err(error), Some(_)) => panic!("{host} {settings}: {error}"),
        }
    }
}

#[test]
fn what_the_server_wants_is_tried_where_the_mode_allows_it() {
    let it = &*ENCRYPTING;
    let with = |user: &str, mode: &str| {
        connect(&it.url(user, "localhost"), &format!("?sslmode={mode}")).map(is_encrypted)
    };
    // `sealed` comes in with TLS only.
    assert!(with("sealed", "allow").unwrap());
    assert!(with("sealed", "prefer").unwrap());
    let error = with("sealed", "disable").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(error.to_string().contains("rejects connection"), "{error}");
    // `open` without it only.
    assert!(!with("open", "allow").unwrap());
    assert!(!with("open", "prefer").unwrap());
    assert_eq!(with("open", "require").unwrap_err().kind(), ErrorKind::Server);
}

#[test]
fn a_server_that_does_not_encrypt_is_enough_for_some_modes() {
    let server = Server::start();
    let url = server.url("postgres");
    for mode in ["", "?sslmode=prefer", "?sslmode=allow", "?sslmode=disable"] {
        assert!(!is_encrypted(connect(&url, mode).unwrap()), "{mode}");
    }
    let error = refused(&url, "?sslmode=require");
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.to_string().contains("server does not support TLS"), "{error}");
}

#[test]
fn a_refused_certificate_is_told_with_the_reason() {
    let it = &*ENCRYPTING;
    let said = |host: &str, settings: String| {
        let error = refused(&it.url("postgres", host), &settings);
        assert!(!error.help().is_empty());
        error.to_string()
    };
    let text = said("localhost", format!("?sslmode=verify-ca{}", it.roots("other.pem")));
    assert!(text.contains("no authority in the file of `sslrootcert` signed it"), "{text}");
    let text = said("127.0.0.1", format!("?sslmode=verify-full{}", it.roots("root.pem")));
    assert!(text.contains("for another host") && text.contains("localhost"), "{text}");
    let text = said("localhost", format!("?sslmode=verify-ca{}", it.roots("none.pem")));
    assert!(text.contains("none.pem holds no certificate"), "{text}");
}

#[test]
fn an_expired_certificate_and_one_of_an_authority_are_refused_where_they_are_checked() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    authority.write(&root);
    let cases = [
        (authority.expired_server("localhost"), "expired"),
        (authority.itself(), "of an authority"),
    ];
    for (pair, said) in cases {
        let server = Server::encrypting(&pair);
        let url = format!("postgres://postgres@localhost:{}/postgres", server.port());
        assert!(is_encrypted(connect(&url, "?sslmode=require").unwrap()));
        let settings = format!("?sslmode=verify-ca&sslrootcert={}", root.display());
        let error = refused(&url, &settings);
        assert_eq!(error.kind(), ErrorKind::Tls);
        assert!(error.to_string().contains(said), "{error}");
    }
}

/// With TLS a password is bound to the channel, so that nobody in between can hand it on.
#[test]
fn a_password_is_bound_to_the_channel() {
    let it = &*ENCRYPTING;
    let mut admin = connect(&it.url("postgres", "localhost"), "").unwrap();
    admin.batch_execute("CREATE ROLE guarded LOGIN PASSWORD 'secret'").unwrap();
    let url = format!("postgres://guarded:secret@127.0.0.1:{}/postgres", it.server.port());
    let settings = "?sslmode=require&channel_binding=require";
    assert!(is_encrypted(connect(&url, settings).unwrap()));
    assert!(connect(&url, "?sslmode=disable&channel_binding=require").is_err());
}
