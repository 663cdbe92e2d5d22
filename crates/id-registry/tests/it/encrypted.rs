//! The store in PostgreSQL over TLS, on a server that lets this account in with TLS only.

use id_registry::store::{PostgresOptions, PostgresStore};
use id_registry::{Reference, Registry, RegistryErrorKind};
use id_testkit::certificates::Authority;
use id_testkit::postgres::Postgres;
use unified_id::{Tenant, UnifiedId};

use crate::conformance::small;

#[test]
fn the_store_works_over_tls_and_refuses_another_authority() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let (root, other) = (folder.path().join("root.pem"), folder.path().join("other.pem"));
    authority.write(&root);
    Authority::new().write(&other);
    let server = Postgres::encrypting(&authority.server("localhost"));
    let mut admin = postgres::Client::connect(&server.url("postgres"), postgres::NoTls).unwrap();
    admin
        .batch_execute("CREATE ROLE sealed LOGIN; GRANT CREATE ON DATABASE postgres TO sealed")
        .unwrap();
    let options = |settings: &str| {
        let port = server.port();
        PostgresOptions::new(format!("postgres://sealed@localhost:{port}/postgres?{settings}"))
    };
    let trusted = format!("sslmode=verify-full&sslrootcert={}", root.display());
    let store = PostgresStore::connect(options(&trusted)).unwrap();
    let registry = Registry::with_store(store, small()).unwrap();
    let (tenant, id): (Tenant, String) =
        ("acme".parse().unwrap(), UnifiedId::session().to_string());
    registry.register(&tenant, "me", Reference::new(id.clone(), "session-buddy")).unwrap();
    // Readers have connections of their own.
    assert!(registry.resolve(&tenant, &id).unwrap().is_some());
    let sql = "SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'sealed'";
    let row = admin.query_one(sql, &[]).unwrap();
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (true, true));

    for (settings, said) in [
        (format!("sslmode=verify-ca&sslrootcert={}", other.display()), "no authority"),
        ("sslmode=verify-ca".to_owned(), "sslrootcert"),
        ("sslmode=verify".to_owned(), "verify-full"),
    ] {
        let error = PostgresStore::connect(options(&settings)).unwrap_err();
        assert_eq!(error.kind(), RegistryErrorKind::Store);
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.help().contains("sslmode"), "{}", error.help());
    }
}
