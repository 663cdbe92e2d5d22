//! A migration over TLS, on a server that lets the owner of the tables in with TLS only.

use id_migrate::database::Access;
use id_migrate::engine::{Engine, Phase};
use id_migrate::postgres::{Postgres, plan};
use id_migrate::{ErrorKind, KeyRequest, PlanOptions, run};
use id_testkit::certificates::Authority;
use id_testkit::postgres::Postgres as Server;
use postgres::{Client, NoTls};

#[test]
fn a_migration_there_and_back_is_encrypted_throughout() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let (root, other) = (folder.path().join("root.pem"), folder.path().join("other.pem"));
    authority.write(&root);
    Authority::new().write(&other);
    let server = Server::encrypting(&authority.server("localhost"));
    let mut admin = Client::connect(&server.url("postgres"), NoTls).unwrap();
    admin
        .batch_execute(
            "CREATE ROLE sealed LOGIN; GRANT CREATE ON DATABASE postgres TO sealed; CREATE SCHEMA shop AUTHORIZATION sealed; SET ROLE sealed; \
             CREATE TABLE shop.users (id uuid PRIMARY KEY); CREATE TABLE shop.posts (n int PRIMARY KEY, user_id uuid REFERENCES shop.users); \
             INSERT INTO shop.users SELECT md5(n::text)::uuid FROM generate_series(1, 300) n; \
             INSERT INTO shop.posts SELECT n, md5(n::text)::uuid FROM generate_series(1, 300) n",
        )
        .unwrap();
    let access = Access { password: None, folder: folder.path().to_owned() };
    let options = PlanOptions {
        keys: vec![KeyRequest::parse("shop.users.id=bits").unwrap()],
        run_id: "test".to_owned(),
        ..PlanOptions::default()
    };
    let url = |settings: &str| {
        format!("postgres://sealed@localhost:{}/postgres?{settings}", server.port())
    };
    let trusted = url(&format!("sslmode=verify-full&sslrootcert={}", root.display()));
    let planned = plan(&trusted, &access, &options).unwrap();
    let mut engine = Postgres::open(planned, access.clone(), true).unwrap();
    // Every connection of the run, also those of its workers.
    let sql = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'unified-id migrate'";
    let mut most = 0;
    run::run(&mut engine, Phase::Contract, 0, &mut |_| {
        let row = admin.query_one(sql, &[]).unwrap();
        let (encrypted, all): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(encrypted, all);
        most = most.max(all);
    })
    .unwrap();
    assert!(most > 1, "{most} connections");
    let joined = "SELECT count(*) FROM shop.posts p JOIN shop.users u ON u.id = p.user_id WHERE length(u.id::text) = 26";
    assert_eq!(admin.query_one(joined, &[]).unwrap().get::<_, i64>(0), 300);
    engine.rollback(&mut |_| {}).unwrap();

    for (settings, kind, said) in [
        (
            format!("sslmode=verify-ca&sslrootcert={}", other.display()),
            ErrorKind::Environment,
            "no authority",
        ),
        ("sslmode=verify-full".to_owned(), ErrorKind::Usage, "sslrootcert"),
        ("sslmode=disable".to_owned(), ErrorKind::Environment, "rejects connection"),
    ] {
        let error = plan(&url(&settings), &access, &options).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}
