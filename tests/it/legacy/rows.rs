//! Rows of an application: read like the table's, and checked when loaded.

use unified_id::legacy::{
    self, Dialect, LegacyFormat, Reader, Reason, RowError, RowErrorKind, RowSpec, Rows,
};

fn load(toml: &str) -> Result<Reader, RowError> {
    Reader::new().with_rows(&Rows::from_toml(toml)?)
}

/// Loads rows that have something wrong with them.
fn refused(toml: &str) -> RowError {
    let error = load(toml).unwrap_err();
    assert!(!error.help().is_empty() && !error.to_string().contains('\n'));
    error
}

const ORDER: &str = r#"
    [[row]]
    name = "order"
    pattern = "ord-{ms:ms}-{hex8}"
    kind = "order"
    by = "the shop"
    example = "ord-1756152290611-a1b2c3d4"
"#;

#[test]
fn a_row_is_read_like_one_of_the_table() {
    let reader = load(&format!("{ORDER} before = \"table\"")).unwrap();
    let id = reader.read("ord-1756152290611-a1b2c3d4").unwrap();
    assert_eq!(id.format(), LegacyFormat::Application);
    assert_eq!((id.row().name(), id.row().by(), id.kind()), ("order", "the shop", Some("order")));
    assert_eq!(
        (id.timestamp_ms(), id.random(), id.thread()),
        (Some(1_756_152_290_611), Some("a1b2c3d4"), None)
    );
    assert!(!id.is_ambiguous());
    assert_eq!(reader.parse_any("ord-1756152290611-a1b2c3d4").unwrap().format(), "application");
    // The table's rows are as they were.
    assert_eq!(
        reader.read("run_user123_a1b2c3d4").unwrap().format(),
        LegacyFormat::NetraRunIdmanager
    );
    assert_eq!(
        legacy::read("ord-1756152290611-a1b2c3d4").unwrap_err().reason(),
        Reason::TimeInside
    );
}

#[test]
fn a_row_that_another_always_takes_is_an_error_with_an_example() {
    let error = refused(ORDER);
    assert_eq!(error.kind(), RowErrorKind::NeverMatches);
    assert_eq!(error.row(), "order");
    assert_eq!(
        error.to_string(),
        "row `order`: can never match: row 59 of the table (a time in the middle and no known end) is first, for example `ord-1000000000000-00000000`"
    );
    let reason = load(&format!("{ORDER} before = \"a time in the middle and no known end\""));
    assert!(reason.is_ok(), "{reason:?}");
    assert!(load(&format!("{ORDER} before = \"59\"")).is_ok());
    assert_eq!(refused(&format!("{ORDER} before = \"end\"")).kind(), RowErrorKind::NeverMatches);
    // Several rows of the table together take every text.
    let all = r#"
        [[row]]
        name = "all"
        pattern = "trace_({uuid}|1234567)"
        before = "end"
    "#;
    assert!(load(all).is_ok());
    let all = all.replace("1234567", "{ms}");
    assert_eq!(refused(&all).kind(), RowErrorKind::NeverMatches);
    let long = format!("[[row]]\nname = \"long\"\npattern = \"{}\"", "a".repeat(513));
    assert_eq!(refused(&long).kind(), RowErrorKind::NeverMatches);
}

#[test]
fn an_overlap_without_an_order_is_an_error_with_an_example() {
    let ticket = "[[row]]\nname = \"ticket\"\npattern = \"tkt_{alnum}\"\n";
    let error = refused(ticket);
    assert_eq!(error.kind(), RowErrorKind::Overlap);
    let example = error.example().unwrap();
    assert!(legacy::read(example).is_ok(), "{example} is read by the table");
    let reader = load(&format!("{ticket}before = \"end\"")).unwrap();
    assert_eq!(reader.read(example).unwrap().format(), LegacyFormat::PrefixedHex);
    assert_eq!(reader.read("tkt_zebra").unwrap().row().name(), "ticket");
    let reader = load(&format!("{ticket}before = \"table\"")).unwrap();
    assert_eq!(reader.read(example).unwrap().row().name(), "ticket");
}

#[test]
fn rows_of_one_application_are_ordered_by_over() {
    let rows = Rows::new()
        .with_row(RowSpec::new("wide", "Q:{text}").before("table"))
        .with_row(RowSpec::new("narrow", "Q:x{text}").before("table"));
    let error = Reader::new().with_rows(&rows).unwrap_err();
    // The first takes all texts of the second.
    assert_eq!((error.kind(), error.row()), (RowErrorKind::NeverMatches, "narrow"));
    let rows = Rows::new()
        .with_row(RowSpec::new("wide", "Q:{text}").before("table"))
        .with_row(RowSpec::new("narrow", "Q:x{text}").before("table").over("wide"));
    let reader = Reader::new().with_rows(&rows).unwrap();
    assert_eq!(reader.read("Q:xy").unwrap().row().name(), "narrow");
    assert_eq!(reader.read("Q:yx").unwrap().row().name(), "wide");
    let rows = Rows::new()
        .with_row(RowSpec::new("left", "Q:x{text}").before("table"))
        .with_row(RowSpec::new("right", "Q:{text}y").before("table"));
    let error = Reader::new().with_rows(&rows).unwrap_err();
    assert_eq!((error.kind(), error.example()), (RowErrorKind::Overlap, Some("Q:xy")));
    let circle = Rows::new()
        .with_row(RowSpec::new("left", "Q:x{text}").over("right"))
        .with_row(RowSpec::new("right", "Q:{text}y").over("left"));
    assert_eq!(Reader::new().with_rows(&circle).unwrap_err().kind(), RowErrorKind::Order);
}

#[test]
fn what_a_row_says_has_to_go_with_its_pattern() {
    let row = |body: &str| refused(&format!("[[row]]\nname = \"x\"\n{body}")).kind();
    assert_eq!(row("pattern = \"Q{nothing}\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q{@nothing}\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q[x\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q]\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q.\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q{\u{e9}}\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q(a|)\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q{T:text}{T:text}\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q{text}_{words}_{text}-{text}\""), RowErrorKind::Pattern);
    assert_eq!(row("pattern = \"Q{T:text}\"\nthread = \"{U}\""), RowErrorKind::Template);
    assert_eq!(
        row("pattern = \"Q{T:text}-{U:hex8}\"\nthread = \"{T}_{U}\""),
        RowErrorKind::Template
    );
    assert_eq!(row("pattern = \"Q{T:text}\"\nuser = \"U\""), RowErrorKind::Template);
    assert_eq!(row("pattern = \"Q{T:text}\"\nkind = \"@p\""), RowErrorKind::Template);
    assert_eq!(row("pattern = \"Q{T:text}\"\nbefore = \"nothing\""), RowErrorKind::Order);
    assert_eq!(row("pattern = \"Q{T:text}\"\nover = [\"nothing\"]"), RowErrorKind::Order);
    assert_eq!(row("pattern = \"Q:{hex8}\"\nexample = \"Q:x\""), RowErrorKind::Example);
    assert_eq!(row("pattern = \"Q\"\nunknown = 1"), RowErrorKind::Toml);
    assert_eq!(refused("[[row]]\nname = \"uuid\"\npattern = \"Q\"").kind(), RowErrorKind::Name);
    assert_eq!(refused("operations = [\"Big\"]").kind(), RowErrorKind::Operation);
}

#[test]
fn a_registered_operation_is_one_of_the_list() {
    let text = "run_pay_3_5c95c6ff";
    assert_eq!(legacy::read(text).unwrap().format(), LegacyFormat::NetraRunIdmanager);
    let reader = load("operations = [\"pay\", \"x\"]").unwrap();
    let id = reader.read(text).unwrap();
    assert_eq!(id.format(), LegacyFormat::NetraCtxRun);
    assert_eq!(id.thread().unwrap(), "thread_pay_3_5c95c6ff");
    assert_eq!(
        id.alternatives().map(|thread| thread.unwrap().to_string()).collect::<Vec<_>>(),
        ["pay", "pay_3"]
    );
    assert_eq!(reader.read("pay_1756152290611").unwrap().format(), LegacyFormat::NetraCtxRunBase);
    assert_eq!(reader.read("x_1756152290611").unwrap().format(), LegacyFormat::NetraCtxRunBase);
    let reader = reader.with_dialect(Dialect::Uig);
    assert!(!reader.read(text).unwrap().is_ambiguous());
}

/// A thread may be built from parts as the pattern joins them, and a run inside may be read.
#[test]
fn threads_come_from_templates() {
    let reader = load(
        r#"
        [[row]]
        name = "job"
        pattern = "JOB:{A:alnum}-{B:alnum}:{hex8}"
        thread = "thread_{A}-{B}"

        [[row]]
        name = "wrapped"
        pattern = "WRAP:{R:canon}"
        kind = "job"
        thread = "@R"
        before = "table"
        "#,
    )
    .unwrap();
    let id = reader.read("JOB:a-b:a1b2c3d4").unwrap();
    assert_eq!(id.thread().unwrap(), "thread_a-b");
    assert_eq!(id.parts().collect::<Vec<_>>(), [("A", "a"), ("B", "b"), ("hex8", "a1b2c3d4")]);
    let id = reader.read("WRAP:thread_x_run_1693430400000_a1b2c3d4").unwrap();
    assert_eq!(id.thread().unwrap(), "x");
}

/// A row that is built says the same as a row that is read.
#[test]
fn a_row_can_be_built() {
    let spec = RowSpec::new("order", "ord-{U:b36}-{ms:ms}-{T:text}")
        .with_kind("order")
        .with_thread("{T}")
        .with_user("{U}")
        .with_by("the shop")
        .with_example("ord-anna-1756152290611-team_a")
        .before("table");
    let rows = Rows::new().with_row(spec).with_operation("billing_run");
    let built = Reader::new().with_rows(&rows).unwrap();
    let read = load(
        r#"
        operations = ["billing_run"]

        [[row]]
        name = "order"
        pattern = "ord-{U:b36}-{ms:ms}-{T:text}"
        kind = "order"
        thread = "{T}"
        user = "{U}"
        by = "the shop"
        example = "ord-anna-1756152290611-team_a"
        before = "table"
        "#,
    )
    .unwrap();
    for reader in [&built, &read] {
        let id = reader.read("ord-anna-1756152290611-team_a").unwrap();
        assert_eq!(
            (id.row().name(), id.row().by(), id.kind()),
            ("order", "the shop", Some("order"))
        );
        assert_eq!((id.user(), id.timestamp_ms()), (Some("anna"), Some(1_756_152_290_611)));
        assert_eq!(
            (id.thread().unwrap().to_string().as_str(), id.row().format()),
            ("team_a", None)
        );
        let run = reader.read("run_billing_run_7_5c95c6ff").unwrap();
        assert_eq!(run.format(), LegacyFormat::NetraCtxRun);
    }
    let wrong =
        RowSpec::new("order", "ord-{T:text}").with_example("run_chat_7_5c95c6ff").before("end");
    let error = Reader::new().with_rows(&Rows::new().with_row(wrong)).unwrap_err();
    assert_eq!(error.kind(), RowErrorKind::Example);
    assert!(error.to_string().contains("its example reads as `netra_ctx_run`"), "{error}");
}

/// A part that could also take what belongs to the next one takes the longest text that lets the whole fit.
#[test]
fn a_part_gives_back_what_the_next_one_needs() {
    let row = RowSpec::new("packed", "zz{U:b36}{hex8}").with_user("{U}").before("table");
    let reader = Reader::new().with_rows(&Rows::new().with_row(row)).unwrap();
    for (text, user) in
        [("zz12345678a1b2c3d4", "12345678"), ("zzaa1b2c3d4", "a"), ("zz7x00000000", "7x")]
    {
        let id = reader.read(text).unwrap();
        assert_eq!((id.row().name(), id.user()), ("packed", Some(user)), "{text}");
    }
    for text in ["zz1234567", "zza1b2c3d4", "zz7x0000000g"] {
        assert!(reader.read(text).map_or(true, |id| id.row().name() != "packed"), "{text}");
    }
}

/// The readings of a text by a row of the application and by the table, in either order.
#[test]
fn an_application_can_say_that_its_ids_are_ambiguous() {
    let job = |before: &str| {
        format!(
            "[[row]]\nname = \"job\"\npattern = \"run_{{T:words}}_{{d1-4}}_{{hex8}}\"\nkind = \"run\"\nthread = \"{{T}}\"\n\
             before = \"{before}\"\nambiguous_with = [\"netra_run_idmanager\", \"netra_ctx_run\"]\n"
        )
    };
    let readings = |reader: &Reader, text: &str| {
        let id = reader.read(text).unwrap();
        let mut threads = vec![id.row().name().to_owned()];
        threads.extend(
            std::iter::once(id.thread())
                .chain(id.alternatives())
                .map(|thread| thread.map_or_else(|| "-".to_owned(), |thread| thread.to_string())),
        );
        threads
    };
    let first = load(&job("table")).unwrap();
    assert_eq!(readings(&first, "run_nightly_12_a1b2c3d4"), ["job", "nightly", "nightly_12"]);
    assert_eq!(
        readings(&first, "run_context_7_a1b2c3d4"),
        ["job", "context", "thread_context_7_a1b2c3d4", "context_7"]
    );
    // Behind the table it never goes first; all the same it is another reading.
    let last = load(&job("end")).unwrap();
    assert_eq!(
        readings(&last, "run_nightly_12_a1b2c3d4"),
        ["netra_run_idmanager", "nightly_12", "nightly"]
    );
    // The table alone gives this thread, so it stands there once.
    assert_eq!(
        readings(&last, "run_context_7_a1b2c3d4"),
        ["netra_ctx_run", "thread_context_7_a1b2c3d4", "context", "context_7"]
    );
    assert_eq!(readings(&last, "run_nightly_a1b2c3d4"), ["netra_run_idmanager", "nightly"]);
    // A dialect settles what the table reads; what no row fits but this one stays as it is.
    let settled = last.with_dialect(Dialect::IdManager);
    assert_eq!(
        readings(&settled, "run_nightly_12_a1b2c3d4"),
        ["netra_run_idmanager", "nightly_12"]
    );

    let unknown = job("table").replace("netra_ctx_run", "nobody");
    assert_eq!(refused(&unknown).kind(), RowErrorKind::Order);
    let refusing = job("table").replace("netra_ctx_run", "only hex groups");
    assert_eq!(refused(&refusing).kind(), RowErrorKind::Order);
    // Two of the application beside the three of the table are one too many.
    let second = job("table")
        .replace("job", "task")
        .replace("d1-4", "d1-9")
        .replace("ambiguous_with", "over = [\"job\"]\nambiguous_with");
    assert_eq!(refused(&format!("{}{second}", job("table"))).kind(), RowErrorKind::Order);
}

/// As many readings as there is room for, and not one more, whatever the text.
#[test]
fn declared_readings_always_have_room() {
    let row = |name: &str, part: &str, over: &str| {
        format!(
            "[[row]]\nname = \"{name}\"\npattern = \"session_{{T:{part}}}_{{hex8}}\"\nkind = \"run\"\nthread = \"{{T}}\"\n\
             before = \"table\"\nover = [{over}]\nambiguous_with = [\"uim_struct\"]\n"
        )
    };
    let one = row("one", "d1-9", "");
    assert!(load(&one).is_ok_and(|reader| {
        let id = reader.read("session_12345_a1b2c3d4").unwrap();
        id.row().name() == "one" && id.is_ambiguous()
    }));
    let many = [
        row("a", "d1-9", "\"b\", \"c\", \"d\", \"e\""),
        row("b", "n5", "\"c\", \"d\", \"e\""),
        row("c", "ctr", "\"d\", \"e\""),
        row("d", "ctr0", "\"e\""),
        row("e", "d1-4", ""),
    ];
    // Each of the rows `uim_struct` of the table has one of the application more than fits.
    assert_eq!(refused(&many.concat()).kind(), RowErrorKind::Order);
}
