//! The table, compiled ahead of time. Generated from `legacy_formats.toml` by `generate.rs`; do not edit.
//!
//! Refresh with `UPDATE_LEGACY=1 cargo test --lib legacy`. Invariant: one [`Row`] per row of the table, in its
//! order. The data goes to `shape.rs` and `matcher.rs`.

use alloc::borrow::Cow::Borrowed;

use super::refusal::Reason;
use super::shape::FLAGS;
use super::table::{Automaton, Group, Kind, Name, Op, Part, Program, Role, Row, Run, Thread, User, Word, class, when};

/// The longest text that is looked at, in bytes.
pub const MAX_BYTES: usize = 512;

/// Characters that no id holds.
pub(crate) const REFUSED: &str = "'\"<>;\\`${}|^&*?!()[]%,=";

/// The formats of the table; [`AsRef`], [`Display`](core::fmt::Display) and [`FromStr`](core::str::FromStr) use the table's names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::AsRefStr, strum::Display, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum LegacyFormat {
    /// `{ulid:ulid}`, such as `01k5fz3t8v6y2n4m7q9r0s1t2w`.
    #[strum(serialize = "ulid")]
    Ulid,
    /// `{uuid:uuid}`, such as `5e3cb4fc-741b-4187-8faf-c85e47af437d`.
    #[strum(serialize = "uuid")]
    Uuid,
    /// `{zero16}`, such as `0000000000000000`.
    #[strum(serialize = "ulid_fallback_zero16")]
    UlidFallbackZero16,
    /// `{U:d15-21}`, such as `184353963786069567532`.
    #[strum(serialize = "oauth_numeric")]
    OauthNumeric,
    /// `{hex8}`, such as `c2dfdcb5`.
    #[strum(serialize = "hex_bare")]
    HexBare,
    /// `{dec14}`, such as `72308732922`.
    #[strum(serialize = "dhara_oid")]
    DharaOid,
    /// `thread_{T:thread}_run_({ms:d13}|{d1-19})_{hex8i}`, such as `thread_user123_run_1693430400000_a1b2c3d4`.
    #[strum(serialize = "netra_run_canonical")]
    NetraRunCanonical,
    /// `thread_{text}_{ms:ms}_{ctr}_{hexeven}`, such as `thread_user5158_user7770_websocket_session_1767256341226_22_54c1566a`.
    #[strum(serialize = "uig_base")]
    UigBase,
    /// `thread_{T:thread}_{ms:ms}_{b36x9}`, such as `thread_team_1755104987429_1755104987429_ruux673ss`.
    #[strum(serialize = "fe_thread_op")]
    FeThreadOp,
    /// `run_{T:thread}_{n:n5}_{hex8i}`, such as `run_beta_1762570022781_22781_ab12cd34`.
    #[strum(serialize = "netra_run_ts5")]
    NetraRunTs5,
    /// `run_{X:@op}_{c:ctr}_{h:hex8i}`, such as `run_websocket_factory_2_5c95c6ff`.
    #[strum(serialize = "netra_ctx_run")]
    NetraCtxRun,
    /// `run_{T:ascii}_{hex8i}`, such as `run_user123_a1b2c3d4`.
    #[strum(serialize = "netra_run_idmanager")]
    NetraRunIdmanager,
    /// `run_{U:text}_{ms:ms}`, such as `run_user_506_1775138753638`.
    #[strum(serialize = "netra_run_user_ms")]
    NetraRunUserMs,
    /// `(user|assistant|system)[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{T:text}]]`, such as `user-1761256444203-181-udbw7gp71-ops9756`.
    #[strum(serialize = "fe_dash_uid")]
    FeDashUid,
    /// `{@event}_{R:inner}_{text}_{ms:ms}`, such as `tool_exec_thread_beta_00_run_1766550889176_1ea23b08_search_1766550889176`.
    #[strum(serialize = "netra_composite")]
    NetraComposite,
    /// `ws_(conn|client)_{U:first8}_{ms:ms}_{ctr}_{hex8}`, such as `ws_client_billing__1772989543220_389_86d9b844`.
    #[strum(serialize = "uig_ws")]
    UigWs,
    /// `ws_(dev|staging|prod)_{ms:ms}_{hex8}`, such as `ws_prod_1778297463223_773323da`.
    #[strum(serialize = "ws_env")]
    WsEnv,
    /// `ws_{U:first8}_{sec:sec}_{hex8}`, such as `ws_dev-temp_1770059984_3a456dce`.
    #[strum(serialize = "ws_user_sec")]
    WsUserSec,
    /// `[coord_]sess_{ms:ms}_{d1-4}`, such as `sess_1756152290611_5343`.
    #[strum(serialize = "db_session")]
    DbSession,
    /// `{p:open}_{ms:ms}_{ctr}`, such as `trace_1766120059100_804`.
    #[strum(serialize = "uig_base_norandom")]
    UigBaseNorandom,
    /// `{p:prefix}_{ms:ms}_{ctr0}_{b36x7}`, such as `evt_1770549094230_78_9zzl4ux`.
    #[strum(serialize = "fe_lib_uid")]
    FeLibUid,
    /// `[thread_]session_{ms:ms}_{hex8}`, such as `session_1787238857199_7b00e42e`.
    #[strum(serialize = "netra_thread_session_ms")]
    NetraThreadSessionMs,
    /// `{p:@prefix_ms}[_{U:text}]_{ms:ms}_{hex8}`, such as `conn_alpha_61705328_1781508507021_0dd50eb8`.
    #[strum(serialize = "netra_prefix_ms_hex8")]
    NetraPrefixMsHex8,
    /// `{p:@fe_prefix}[_{U:text}]_{ms:ms}_{b36}`, such as `msg_staging-e2e-user-187_1761094277151_ue5li71i3`.
    #[strum(serialize = "fe_prefix_ms_b36")]
    FePrefixMsB36,
    /// `sess_{sec:sec}_{hex16}`, such as `sess_1780385019_e9a2c81eb6224532`.
    #[strum(serialize = "sess_sec_hex16")]
    SessSecHex16,
    /// `conn_{U:text}_{sec:sec}_{hex8}`, such as `conn_user7761_1763127884_da8e2821`.
    #[strum(serialize = "conn_user_sec_hex8")]
    ConnUserSecHex8,
    /// `conn_{U:text}_{ms:ms}`, such as `conn_user103_1773112597301`.
    #[strum(serialize = "conn_user_ms")]
    ConnUserMs,
    /// `conn_websocket_{ctr}_{hex8}`, such as `conn_websocket_7_9a7a6fb9`.
    #[strum(serialize = "uim_struct")]
    UimStruct,
    /// `conn_{U:text}_{hex8}`, such as `conn_user1402_90abf39c`.
    #[strum(serialize = "conn_user_hex8")]
    ConnUserHex8,
    /// `thread_session_{n5full}_{hex8i}`, such as `thread_session_26543_7f4ddc85`.
    #[strum(serialize = "netra_thread_session_ts5")]
    NetraThreadSessionTs5,
    /// `thread_{words}_{ctr}_{hex8i}`, such as `thread_websocket_session_10_2449b957`.
    #[strum(serialize = "netra_ctx_thread")]
    NetraCtxThread,
    /// `req_{words}_{ctr}_{hex8i}`, such as `req_websocket_factory_109_67e5fcaf`.
    #[strum(serialize = "netra_ctx_req")]
    NetraCtxReq,
    /// `(session|register)_run_{U:words}_{hex8}`, such as `session_run_user_506_9f51eefb`.
    #[strum(serialize = "prefixed_hex")]
    PrefixedHex,
    /// `{X:@op}_{ms:ms}`, such as `websocket_factory_1757372478799`.
    #[strum(serialize = "netra_ctx_run_base")]
    NetraCtxRunBase,
    /// `defensive_auth_{U:words}_{lower}_{alnum}`, such as `defensive_auth_user_858_prelim_4e16f607`.
    #[strum(serialize = "defensive_auth")]
    DefensiveAuth,
    /// `{text}-{date:stamp}`, such as `thread-pool-20260327-092520`.
    #[strum(serialize = "session_buddy")]
    SessionBuddy,
    /// `{date:minute}{hex4}`, such as `2026-01-14-0002-9d7d`.
    #[strum(serialize = "crackerjack_run")]
    CrackerjackRun,
    /// `{p:@date_prefix}_{date:micro}`, such as `backup_20250916_015632_742000`.
    #[strum(serialize = "prefixed_date")]
    PrefixedDate,
    /// `wf_[timeout_|error_]{hex8}_{task}`, such as `wf_368c27cf_nightly-sync`.
    #[strum(serialize = "mahavishnu_wf")]
    MahavishnuWf,
    /// `thread_creation_{uuid:uuid}`, such as `thread_creation_0492b716-e3ff-4933-855b-05e707960b44`.
    #[strum(serialize = "prefixed_uuid")]
    PrefixedUuid,
    /// `{p:prefix}(_|-)({ms:ms}|{sec:sec})`, such as `tx_run_1758416550`.
    #[strum(serialize = "prefixed_time")]
    PrefixedTime,
    /// `user:{U:entity}`, such as `user:admin`.
    #[strum(serialize = "akosha_entity")]
    AkoshaEntity,
    /// `ISSUE-{d3-6}`, such as `ISSUE-1170`.
    #[strum(serialize = "mahavishnu_seq")]
    MahavishnuSeq,
    /// `(pending_auth|temp_auth_{wordch}|awaiting_auth[_{wordch}])`, such as `awaiting_auth_86cd`.
    #[strum(serialize = "temp_auth")]
    TempAuth,
    /// `[{@thread_qualifier}_]thread(_|-){name}`, such as `ws_thread_staging-e2e-user-187`.
    #[strum(serialize = "netra_thread_named")]
    NetraThreadNamed,
    /// `[{@simple_qualifier}(_|-)]user(_|-){d1-9}`, such as `test-user-17`.
    #[strum(serialize = "netra_simple_numbered")]
    NetraSimpleNumbered,
    /// A row of the application: its [row](super::LegacyId::row) has the name.
    #[strum(serialize = "application")]
    Application,
}

/// The rows, in order of precedence.
pub(crate) static ROWS: [Row; 74] = [
    Row {
        number: 1,
        name: Name::Format(LegacyFormat::Ulid),
        pattern: Borrowed("{ulid:ulid}"),
        by: Borrowed("oneiric, mahavishnu, session-buddy, crackerjack, dhara; the generators write lower case"),
        example: Borrowed("01k5fz3t8v6y2n4m7q9r0s1t2w"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Run { run: 26, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(26, 26), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("ulid"), role: Role::Ulid }]) },
    },
    Row {
        number: 2,
        name: Name::Format(LegacyFormat::Uuid),
        pattern: Borrowed("{uuid:uuid}"),
        by: Borrowed("everywhere"),
        example: Borrowed("5e3cb4fc-741b-4187-8faf-c85e47af437d"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 12, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(36, 36), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("uuid"), role: Role::Uuid }]) },
    },
    Row {
        number: 3,
        name: Name::Format(LegacyFormat::UlidFallbackZero16),
        pattern: Borrowed("{zero16}"),
        by: Borrowed("crackerjack, mahavishnu: two fallback generators that return this for every id"),
        example: Borrowed("0000000000000000"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Run { run: 27, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 16), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("zero16"), role: Role::Text }]) },
    },
    Row {
        number: 4,
        name: Name::Format(LegacyFormat::OauthNumeric),
        pattern: Borrowed("{U:d15-21}"),
        by: Borrowed("Google subject, accepted by UIM 2025-09-12"),
        example: Borrowed("184353963786069567532"),
        kind: Kind::Fixed(Borrowed("user")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Run { run: 10, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(15, 21), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }]) },
    },
    Row {
        number: 5,
        name: Name::Format(LegacyFormat::HexBare),
        pattern: Borrowed("{hex8}"),
        by: Borrowed("crackerjack job id"),
        example: Borrowed("c2dfdcb5"),
        kind: Kind::Fixed(Borrowed("job")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Run { run: 17, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(8, 8), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 6,
        name: Name::Format(LegacyFormat::HexBare),
        pattern: Borrowed("({hex16}|{hex32})"),
        by: Borrowed("16 or 32 digits: thread_creators, uuid4().hex"),
        example: Borrowed("1f0fec78fe19d419"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Run { run: 14, slot: 0, tight: true }, Op::Jump { to: 4 }, Op::Run { run: 15, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 32), (16, 16), (0, 0), (32, 32), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("hex16"), role: Role::Random }, Part { name: Borrowed("hex32"), role: Role::Random }]) },
    },
    Row {
        number: 7,
        name: Name::Format(LegacyFormat::DharaOid),
        pattern: Borrowed("{dec14}"),
        by: Borrowed("dhara _p_format_oid; root = 0"),
        example: Borrowed("72308732922"),
        kind: Kind::Fixed(Borrowed("object")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Run { run: 12, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(1, 14), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("dec14"), role: Role::Text }]) },
    },
    Row {
        number: 8,
        name: Name::Refused(Reason::EmptyThread, "empty thread"),
        pattern: Borrowed("(run|thread)__[{text}]"),
        by: Borrowed("accepted by UIM cdb36be2b and 36e0cbaf4, wanted by nobody"),
        example: Borrowed("thread__run_1693430400000_a1b2c3d4"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Literal { at: 0, len: 3 }, Op::Jump { to: 4 }, Op::Literal { at: 3, len: 6 }, Op::Literal { at: 9, len: 2 }, Op::Split { other: 7 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(5, 65535), (5, 65535), (2, 65535), (8, 65535), (2, 65535), (0, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("runthread__"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }]) },
    },
    Row {
        number: 9,
        name: Name::Format(LegacyFormat::NetraRunCanonical),
        pattern: Borrowed("thread_{T:thread}_run_({ms:d13}|{d1-19})_{hex8i}"),
        by: Borrowed("RIG 2db0cd4af.. (2025-09-01..03); UIM 6cd602c5c, 3797215d9, cdb36be2b, 86c171b0e (2025-09-03..04)"),
        example: Borrowed("thread_user123_run_1693430400000_a1b2c3d4"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 0, prefixed: false },
        user: User::None,
        group: None,
        when: 0,
        subject: (0, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Any { slot: 0, lazy: false, bare: true }, Op::Literal { at: 7, len: 5 }, Op::Split { other: 6 }, Op::Run { run: 9, slot: 1, tight: true }, Op::Jump { to: 7 }, Op::Run { run: 6, slot: 2, tight: true }, Op::Literal { at: 12, len: 1 }, Op::Run { run: 18, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(23, 65535), (16, 65535), (15, 33), (10, 28), (22, 22), (9, 9), (10, 28), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 3, 0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("thread__run__"), parts: Borrowed(&[Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("d1-19"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 10,
        name: Name::Format(LegacyFormat::UigBase),
        pattern: Borrowed("thread_{text}_{ms:ms}_{ctr}_{hexeven}"),
        by: Borrowed("UIG: thread_{op} d6036cdc0.. (09-07..), thread_{U8}_{first 8 of the client's thread}_{op} f99d80ca5 (09-09)"),
        example: Borrowed("thread_user5158_user7770_websocket_session_1767256341226_22_54c1566a"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 8,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 9, len: 1 }, Op::Run { run: 19, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(27, 65535), (20, 65535), (19, 55), (18, 54), (5, 41), (4, 40), (3, 33), (2, 32), (0, 0)]), separators: Borrowed(&[0, 0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("thread____"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hexeven"), role: Role::Random }]) },
    },
    Row {
        number: 11,
        name: Name::Refused(Reason::BrokenRun, "run id with a broken end"),
        pattern: Borrowed("thread_[{text}_]run_{ms}_{alnum}"),
        by: Borrowed(""),
        example: Borrowed("thread_x_run_1693430400000_a1b2c3d4e"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Split { other: 4 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 7, len: 1 }, Op::Literal { at: 8, len: 4 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 12, len: 1 }, Op::Run { run: 0, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(26, 65535), (19, 65535), (21, 65535), (20, 65535), (19, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 3, 0, 0, 1, 0, 0]), literals: Borrowed("thread__run__"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Text }, Part { name: Borrowed("alnum"), role: Role::Text }]) },
    },
    Row {
        number: 12,
        name: Name::Format(LegacyFormat::FeThreadOp),
        pattern: Borrowed("thread_{T:thread}_{ms:ms}_{b36x9}"),
        by: Borrowed("hooks/useThreadSwitching.ts"),
        example: Borrowed("thread_team_1755104987429_1755104987429_ruux673ss"),
        kind: Kind::Fixed(Borrowed("operation")),
        thread: Thread::Slice { first: 0, last: 0, prefixed: false },
        user: User::None,
        group: None,
        when: 0,
        subject: (0, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Any { slot: 0, lazy: false, bare: true }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 3, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(32, 65535), (25, 65535), (24, 24), (23, 23), (10, 10), (9, 9), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("thread___"), parts: Borrowed(&[Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("b36x9"), role: Role::Random }]) },
    },
    Row {
        number: 13,
        name: Name::Refused(Reason::BrokenRun, "run id with a broken end"),
        pattern: Borrowed("thread_[{text}_]run[_{text}]"),
        by: Borrowed(""),
        example: Borrowed("thread_x_run_garbage"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Split { other: 4 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 7, len: 1 }, Op::Literal { at: 8, len: 3 }, Op::Split { other: 8 }, Op::Literal { at: 11, len: 1 }, Op::Any { slot: 1, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(10, 65535), (3, 65535), (5, 65535), (4, 65535), (3, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("thread__run_"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("text"), role: Role::Text }]) },
    },
    Row {
        number: 14,
        name: Name::Format(LegacyFormat::NetraRunTs5),
        pattern: Borrowed("run_{T:thread}_{n:n5}_{hex8i}"),
        by: Borrowed("UIM 36e0cbaf4.. for a thread made in the same millisecond"),
        example: Borrowed("run_beta_1762570022781_22781_ab12cd34"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 0, prefixed: false },
        user: User::None,
        group: Some(Group::Run),
        when: when::SAME_MS,
        subject: (0, 1),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 4,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Any { slot: 0, lazy: false, bare: true }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 22, slot: 1, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 65535), (12, 65535), (11, 15), (10, 14), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("run___"), parts: Borrowed(&[Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("n"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 15,
        name: Name::Format(LegacyFormat::UigBase),
        pattern: Borrowed("run_[{text}_]{ms:ms}_{ctr}_{hex8i}"),
        by: Borrowed("UIG d6036cdc0.. (2025-09-07..): run_{op}, run, run_ws, run_compat, run_execution; its thread is not in the string"),
        example: Borrowed("run_session_1785289060876_25_46cd53ca"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::None,
        user: User::None,
        group: Some(Group::Run),
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 8,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Split { other: 4 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 6, len: 1 }, Op::Run { run: 18, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(28, 65535), (24, 65535), (26, 65535), (25, 31), (24, 30), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("run____"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 16,
        name: Name::Format(LegacyFormat::NetraCtxRun),
        pattern: Borrowed("run_{X:@op}_{c:ctr}_{h:hex8i}"),
        by: Borrowed("UIG generate_user_context_ids cdd246a36.. (2025-09-13..); 022a320ae (09-09..12) wrote thread_{X}_{c-1}_{other 8 hex}"),
        example: Borrowed("run_websocket_factory_2_5c95c6ff"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 2, prefixed: true },
        user: User::None,
        group: Some(Group::Run),
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 8,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Automaton { index: 18, slot: 0, lazy: false }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 4, slot: 1, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 65535), (12, 65535), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("run___"), parts: Borrowed(&[Part { name: Borrowed("X"), role: Role::Text }, Part { name: Borrowed("c"), role: Role::Counter }, Part { name: Borrowed("h"), role: Role::Random }]) },
    },
    Row {
        number: 17,
        name: Name::Format(LegacyFormat::NetraRunTs5),
        pattern: Borrowed("run_{T:thread}_{n:n5}_{hex8i}"),
        by: Borrowed("UIM 36e0cbaf4.. (2025-09-07..), n = ms mod 100000; b614caebd without argument: T = default_{n}_{8 hex}"),
        example: Borrowed("run_user_session_67890_ef123456"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 0, prefixed: false },
        user: User::None,
        group: Some(Group::Run),
        when: when::FIVE_DIGITS | when::GENERATED | when::NOT_ASCII,
        subject: (0, 1),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 4,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Any { slot: 0, lazy: false, bare: true }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 22, slot: 1, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 65535), (12, 65535), (11, 15), (10, 14), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("run___"), parts: Borrowed(&[Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("n"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 18,
        name: Name::Format(LegacyFormat::NetraRunIdmanager),
        pattern: Borrowed("run_{T:ascii}_{hex8i}"),
        by: Borrowed("IDM 5b2e2b48d..8d415d5c3 (2025-09-01..03)"),
        example: Borrowed("run_user123_a1b2c3d4"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 0, prefixed: false },
        user: User::None,
        group: Some(Group::Run),
        when: 0,
        subject: (0, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 3,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Automaton { index: 0, slot: 0, lazy: false }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 18, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(14, 65535), (10, 65535), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("run__"), parts: Borrowed(&[Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 19,
        name: Name::Format(LegacyFormat::NetraRunUserMs),
        pattern: Borrowed("run_{U:text}_{ms:ms}"),
        by: Borrowed("agent_registry 8d415d5c3^"),
        example: Borrowed("run_user_506_1775138753638"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(19, 65535), (15, 65535), (14, 14), (13, 13), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("run__"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }]) },
    },
    Row {
        number: 20,
        name: Name::Format(LegacyFormat::FeDashUid),
        pattern: Borrowed("(user|assistant|system)[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{T:text}]]"),
        by: Borrowed("utils/unique-id-generator.ts 322893153.. (09-07..) generateUniqueMessageId"),
        example: Borrowed("user-1761256444203-181-udbw7gp71-ops9756"),
        kind: Kind::Fixed(Borrowed("message")),
        thread: Thread::Slice { first: 4, last: 4, prefixed: false },
        user: User::None,
        group: None,
        when: 0,
        subject: (4, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Literal { at: 0, len: 4 }, Op::Jump { to: 7 }, Op::Split { other: 6 }, Op::Literal { at: 4, len: 9 }, Op::Jump { to: 7 }, Op::Literal { at: 13, len: 6 }, Op::Split { other: 10 }, Op::Literal { at: 19, len: 1 }, Op::Automaton { index: 1, slot: 0, lazy: true }, Op::Literal { at: 20, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 21, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Split { other: 20 }, Op::Literal { at: 22, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Split { other: 20 }, Op::Literal { at: 23, len: 1 }, Op::Any { slot: 4, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(20, 65535), (20, 65535), (16, 65535), (22, 65535), (25, 65535), (16, 65535), (22, 65535), (16, 65535), (18, 65535), (17, 65535), (16, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("userassistantsystem-----"), parts: Borrowed(&[Part { name: Borrowed("dash"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("b36"), role: Role::Random }, Part { name: Borrowed("T"), role: Role::Text }]) },
    },
    Row {
        number: 21,
        name: Name::Format(LegacyFormat::FeDashUid),
        pattern: Borrowed("agent[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{T:text}]]"),
        by: Borrowed("generateUniqueAgentId"),
        example: Borrowed("agent-data-1778176269605-47-uizq3plt9-ops9756"),
        kind: Kind::Fixed(Borrowed("agent")),
        thread: Thread::Slice { first: 4, last: 4, prefixed: false },
        user: User::None,
        group: None,
        when: 0,
        subject: (4, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Split { other: 4 }, Op::Literal { at: 5, len: 1 }, Op::Automaton { index: 1, slot: 0, lazy: true }, Op::Literal { at: 6, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Split { other: 14 }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Split { other: 14 }, Op::Literal { at: 9, len: 1 }, Op::Any { slot: 4, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(21, 65535), (16, 65535), (18, 65535), (17, 65535), (16, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("agent-----"), parts: Borrowed(&[Part { name: Borrowed("dash"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("b36"), role: Role::Random }, Part { name: Borrowed("T"), role: Role::Text }]) },
    },
    Row {
        number: 22,
        name: Name::Format(LegacyFormat::FeDashUid),
        pattern: Borrowed("thread[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{U:text}]]"),
        by: Borrowed("generateUniqueThreadId"),
        example: Borrowed("thread-1764502350247-40-uha3qcbjd-billing-ops82"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::Part(4),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 6 }, Op::Split { other: 4 }, Op::Literal { at: 6, len: 1 }, Op::Automaton { index: 1, slot: 0, lazy: true }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Split { other: 14 }, Op::Literal { at: 9, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Split { other: 14 }, Op::Literal { at: 10, len: 1 }, Op::Any { slot: 4, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(22, 65535), (16, 65535), (18, 65535), (17, 65535), (16, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("thread-----"), parts: Borrowed(&[Part { name: Borrowed("dash"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("b36"), role: Role::Random }, Part { name: Borrowed("U"), role: Role::Text }]) },
    },
    Row {
        number: 23,
        name: Name::Format(LegacyFormat::FeDashUid),
        pattern: Borrowed("{p:dash}-{ms:ms}-{ctr}[-{b36}[-{text}]]"),
        by: Borrowed("the other functions there; the end is an agent (tool) or a context (event)"),
        example: Borrowed("temp-msg-1763179061169-652-fnw3be54o"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 1, slot: 0, lazy: true }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Split { other: 11 }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Split { other: 11 }, Op::Literal { at: 3, len: 1 }, Op::Any { slot: 4, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(17, 65535), (16, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("----"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("b36"), role: Role::Random }, Part { name: Borrowed("text"), role: Role::Text }]) },
    },
    Row {
        number: 24,
        name: Name::Format(LegacyFormat::NetraComposite),
        pattern: Borrowed("{@event}_{R:inner}_{text}_{ms:ms}"),
        by: Borrowed("agents/tool_event_bus.py"),
        example: Borrowed("tool_exec_thread_beta_00_run_1766550889176_1ea23b08_search_1766550889176"),
        kind: Kind::Fixed(Borrowed("event")),
        thread: Thread::Inner(1),
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 16, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Begin { slot: 1 }, Op::Split { other: 9 }, Op::Literal { at: 1, len: 7 }, Op::Any { slot: 255, lazy: false, bare: true }, Op::Literal { at: 8, len: 5 }, Op::Run { run: 6, slot: 255, tight: true }, Op::Jump { to: 13 }, Op::Literal { at: 13, len: 4 }, Op::Any { slot: 255, lazy: false, bare: true }, Op::Literal { at: 17, len: 1 }, Op::Run { run: 22, slot: 255, tight: true }, Op::Literal { at: 18, len: 1 }, Op::Run { run: 18, slot: 255, tight: true }, Op::End { slot: 1 }, Op::Literal { at: 19, len: 1 }, Op::Any { slot: 2, lazy: false, bare: false }, Op::Literal { at: 20, len: 1 }, Op::Run { run: 21, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(39, 65535), (33, 65535), (32, 65535), (32, 65535), (39, 65535), (32, 65535), (31, 65535), (26, 65535), (25, 65535), (32, 65535), (28, 65535), (27, 65535), (26, 65535), (25, 65535), (24, 65535), (16, 65535), (16, 65535), (15, 65535), (14, 14), (13, 13), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("_thread__run_run_____"), parts: Borrowed(&[Part { name: Borrowed("event"), role: Role::Text }, Part { name: Borrowed("R"), role: Role::Text }, Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }]) },
    },
    Row {
        number: 25,
        name: Name::Format(LegacyFormat::NetraComposite),
        pattern: Borrowed("user_engine_{U:short}_{R:canon}_{ms:ms}"),
        by: Borrowed("agents/supervisor/user_execution_engine.py"),
        example: Borrowed("user_engine_user_12_thread_beta_run_1766550889176_1ea23b08_1766550889176"),
        kind: Kind::Fixed(Borrowed("execution")),
        thread: Thread::Inner(1),
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 12 }, Op::Any { slot: 0, lazy: true, bare: false }, Op::Literal { at: 12, len: 1 }, Op::Begin { slot: 1 }, Op::Literal { at: 13, len: 7 }, Op::Any { slot: 255, lazy: false, bare: true }, Op::Literal { at: 20, len: 5 }, Op::Run { run: 6, slot: 255, tight: true }, Op::Literal { at: 25, len: 1 }, Op::Run { run: 18, slot: 255, tight: true }, Op::End { slot: 1 }, Op::Literal { at: 26, len: 1 }, Op::Run { run: 21, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(51, 65535), (39, 65535), (38, 65535), (37, 65535), (37, 65535), (30, 65535), (29, 47), (24, 42), (23, 23), (22, 22), (14, 14), (14, 14), (13, 13), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 4, 0, 2, 0, 0, 1, 0, 0]), literals: Borrowed("user_engine__thread__run___"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("R"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }]) },
    },
    Row {
        number: 26,
        name: Name::Format(LegacyFormat::NetraComposite),
        pattern: Borrowed("{short}_{R:canon}_{ms:ms}[_{hex8}]"),
        by: Borrowed("agents/execution_tracking/registry.py, dispatcher"),
        example: Borrowed("triage_thread_beta_run_1766550889176_1ea23b08_1766550889190_7a831e63"),
        kind: Kind::Fixed(Borrowed("execution")),
        thread: Thread::Inner(1),
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: true, bare: false }, Op::Literal { at: 0, len: 1 }, Op::Begin { slot: 1 }, Op::Literal { at: 1, len: 7 }, Op::Any { slot: 255, lazy: false, bare: true }, Op::Literal { at: 8, len: 5 }, Op::Run { run: 6, slot: 255, tight: true }, Op::Literal { at: 13, len: 1 }, Op::Run { run: 18, slot: 255, tight: true }, Op::End { slot: 1 }, Op::Literal { at: 14, len: 1 }, Op::Run { run: 21, slot: 2, tight: true }, Op::Split { other: 15 }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 17, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(39, 65535), (38, 65535), (37, 65535), (37, 65535), (30, 65535), (29, 56), (24, 51), (23, 32), (22, 31), (14, 23), (14, 23), (13, 22), (0, 9), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("_thread__run____"), parts: Borrowed(&[Part { name: Borrowed("short"), role: Role::Text }, Part { name: Borrowed("R"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 27,
        name: Name::Format(LegacyFormat::FeThreadOp),
        pattern: Borrowed("{@thread_op}_(new|{T:thread})_{ms:ms}_{b36}"),
        by: Borrowed("lib/thread-operation-manager.ts, lib/operation-cleanup.ts"),
        example: Borrowed("switch_4c79bd37946c18d1_1766840893970_jh1y1xnmc"),
        kind: Kind::Fixed(Borrowed("operation")),
        thread: Thread::Slice { first: 1, last: 1, prefixed: false },
        user: User::None,
        group: None,
        when: 0,
        subject: (1, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 22, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Split { other: 5 }, Op::Literal { at: 1, len: 3 }, Op::Jump { to: 6 }, Op::Any { slot: 1, lazy: false, bare: true }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 21, slot: 2, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(22, 65535), (18, 65535), (17, 65535), (19, 27), (16, 24), (17, 65535), (16, 24), (15, 23), (2, 10), (1, 9), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("_new__"), parts: Borrowed(&[Part { name: Borrowed("thread_op"), role: Role::Text }, Part { name: Borrowed("T"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("b36"), role: Role::Random }]) },
    },
    Row {
        number: 28,
        name: Name::Format(LegacyFormat::UigWs),
        pattern: Borrowed("ws_(conn|client)_{U:first8}_{ms:ms}_{ctr}_{hex8}"),
        by: Borrowed("UIG generate_websocket_connection_id, generate_websocket_client_id"),
        example: Borrowed("ws_client_billing__1772989543220_389_86d9b844"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 3 }, Op::Split { other: 4 }, Op::Literal { at: 3, len: 4 }, Op::Jump { to: 5 }, Op::Literal { at: 7, len: 6 }, Op::Literal { at: 13, len: 1 }, Op::Chars { most: 8, slot: 0 }, Op::Literal { at: 14, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 16, len: 1 }, Op::Run { run: 17, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(34, 73), (31, 70), (31, 68), (27, 64), (33, 70), (27, 64), (26, 63), (25, 31), (24, 30), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("ws_connclient____"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 29,
        name: Name::Format(LegacyFormat::WsEnv),
        pattern: Borrowed("ws_(dev|staging|prod)_{ms:ms}_{hex8}"),
        by: Borrowed("connection_id_manager 70fe98777.. (09-10..)"),
        example: Borrowed("ws_prod_1778297463223_773323da"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 3 }, Op::Split { other: 4 }, Op::Literal { at: 3, len: 3 }, Op::Jump { to: 8 }, Op::Split { other: 7 }, Op::Literal { at: 6, len: 7 }, Op::Jump { to: 8 }, Op::Literal { at: 13, len: 4 }, Op::Literal { at: 17, len: 1 }, Op::Run { run: 21, slot: 0, tight: true }, Op::Literal { at: 18, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(29, 33), (26, 30), (26, 26), (23, 23), (27, 30), (30, 30), (23, 23), (27, 27), (23, 23), (22, 22), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("ws_devstagingprod__"), parts: Borrowed(&[Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 30,
        name: Name::Format(LegacyFormat::WsUserSec),
        pattern: Borrowed("ws_{U:first8}_{sec:sec}_{hex8}"),
        by: Borrowed("unified_authentication_service"),
        example: Borrowed("ws_dev-temp_1770059984_3a456dce"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 3 }, Op::Chars { most: 8, slot: 0 }, Op::Literal { at: 3, len: 1 }, Op::Run { run: 25, slot: 1, tight: true }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 17, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(24, 55), (21, 52), (20, 20), (19, 19), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("ws___"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("sec"), role: Role::Sec }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 31,
        name: Name::Format(LegacyFormat::DbSession),
        pattern: Borrowed("[coord_]sess_{ms:ms}_{d1-4}"),
        by: Borrowed("db/database_manager.py, hash modulo 10000"),
        example: Borrowed("sess_1756152290611_5343"),
        kind: Kind::Fixed(Borrowed("session")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 2 }, Op::Literal { at: 0, len: 6 }, Op::Literal { at: 6, len: 5 }, Op::Run { run: 21, slot: 0, tight: true }, Op::Literal { at: 11, len: 1 }, Op::Run { run: 7, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(20, 29), (26, 29), (20, 23), (15, 18), (2, 5), (1, 4), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("coord_sess__"), parts: Borrowed(&[Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("d1-4"), role: Role::Text }]) },
    },
    Row {
        number: 32,
        name: Name::Format(LegacyFormat::UigBase),
        pattern: Borrowed("{p:open}_{ms:ms}_{ctr}_{hexeven}"),
        by: Borrowed("UIG d6036cdc0.. generate_base_id: 8 hex digits, 12 for session_{U}, 6 for test connections"),
        example: Borrowed("msg_user_a6d2fa5d_thread50_1780456210034_562_0b9b9ca8"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 8,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 7, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 19, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(20, 65535), (19, 55), (18, 54), (5, 41), (4, 40), (3, 33), (2, 32), (0, 0)]), separators: Borrowed(&[0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("___"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hexeven"), role: Role::Random }]) },
    },
    Row {
        number: 33,
        name: Name::Format(LegacyFormat::UigBaseNorandom),
        pattern: Borrowed("{p:open}_{ms:ms}_{ctr}"),
        by: Borrowed("UIG generate_base_id(include_random=False)"),
        example: Borrowed("trace_1766120059100_804"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 7, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(17, 65535), (16, 22), (15, 21), (2, 8), (1, 7), (0, 0)]), separators: Borrowed(&[0, 2, 0, 1, 0, 0]), literals: Borrowed("__"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr"), role: Role::Counter }]) },
    },
    Row {
        number: 34,
        name: Name::Format(LegacyFormat::FeLibUid),
        pattern: Borrowed("{p:prefix}_{ms:ms}_{ctr0}_{b36x7}"),
        by: Borrowed("lib/utils.ts"),
        example: Borrowed("evt_1770549094230_78_9zzl4ux"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 9, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 5, slot: 2, tight: true }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 2, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(19, 65535), (18, 30), (17, 29), (4, 16), (3, 15), (2, 8), (1, 7), (0, 0)]), separators: Borrowed(&[0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("___"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("ctr0"), role: Role::Counter }, Part { name: Borrowed("b36x7"), role: Role::Random }]) },
    },
    Row {
        number: 35,
        name: Name::Format(LegacyFormat::NetraThreadSessionMs),
        pattern: Borrowed("[thread_]session_{ms:ms}_{hex8}"),
        by: Borrowed("UIM generate_thread_id 2025-09-03..04; routes prefix `thread_` (1323147c6)"),
        example: Borrowed("session_1787238857199_7b00e42e"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 2 }, Op::Literal { at: 0, len: 7 }, Op::Literal { at: 7, len: 8 }, Op::Run { run: 21, slot: 0, tight: true }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(30, 37), (37, 37), (30, 30), (22, 22), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("thread_session__"), parts: Borrowed(&[Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 36,
        name: Name::Format(LegacyFormat::NetraPrefixMsHex8),
        pattern: Borrowed("{p:@prefix_ms}[_{U:text}]_{ms:ms}_{hex8}"),
        by: Borrowed("UIM 86c171b0e (only 2025-09-04); websocket utils a3d642bcd (08-23..09-08) conn_{U}_{ts}_{8 hex}"),
        example: Borrowed("conn_alpha_61705328_1781508507021_0dd50eb8"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::Part(1),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 19, slot: 0, lazy: false }, Op::Split { other: 4 }, Op::Literal { at: 0, len: 1 }, Op::Any { slot: 1, lazy: false, bare: false }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 21, slot: 2, tight: true }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 17, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(26, 65535), (23, 65535), (25, 65535), (24, 65535), (23, 23), (22, 22), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("___"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 37,
        name: Name::Format(LegacyFormat::FePrefixMsB36),
        pattern: Borrowed("{p:@fe_prefix}[_{U:text}]_{ms:ms}_{b36}"),
        by: Borrowed("front end, one-line expressions"),
        example: Borrowed("msg_staging-e2e-user-187_1761094277151_ue5li71i3"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::Part(1),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 17, slot: 0, lazy: false }, Op::Split { other: 4 }, Op::Literal { at: 0, len: 1 }, Op::Any { slot: 1, lazy: false, bare: false }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 21, slot: 2, tight: true }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 1, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 65535), (16, 65535), (18, 65535), (17, 65535), (16, 24), (15, 23), (2, 10), (1, 9), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("___"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("b36"), role: Role::Random }]) },
    },
    Row {
        number: 38,
        name: Name::Format(LegacyFormat::SessSecHex16),
        pattern: Borrowed("sess_{sec:sec}_{hex16}"),
        by: Borrowed("session_coordinator"),
        example: Borrowed("sess_1780385019_e9a2c81eb6224532"),
        kind: Kind::Fixed(Borrowed("session")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Run { run: 25, slot: 0, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 14, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(32, 32), (27, 27), (17, 17), (16, 16), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("sess__"), parts: Borrowed(&[Part { name: Borrowed("sec"), role: Role::Sec }, Part { name: Borrowed("hex16"), role: Role::Random }]) },
    },
    Row {
        number: 39,
        name: Name::Format(LegacyFormat::ConnUserSecHex8),
        pattern: Borrowed("conn_{U:text}_{sec:sec}_{hex8}"),
        by: Borrowed("routes/websocket_factory.py 8d415d5c3^"),
        example: Borrowed("conn_user7761_1763127884_da8e2821"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 25, slot: 1, tight: true }, Op::Literal { at: 6, len: 1 }, Op::Run { run: 17, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(26, 65535), (21, 65535), (20, 20), (19, 19), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("conn___"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("sec"), role: Role::Sec }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 40,
        name: Name::Format(LegacyFormat::ConnUserMs),
        pattern: Borrowed("conn_{U:text}_{ms:ms}"),
        by: Borrowed("dependencies.py 8d415d5c3^"),
        example: Borrowed("conn_user103_1773112597301"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(20, 65535), (15, 65535), (14, 14), (13, 13), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("conn__"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }]) },
    },
    Row {
        number: 41,
        name: Name::Format(LegacyFormat::UimStruct),
        pattern: Borrowed("conn_websocket_{ctr}_{hex8}"),
        by: Borrowed("UIM dfa41405f.. (09-04..) generate_id(WEBSOCKET, prefix=conn)"),
        example: Borrowed("conn_websocket_7_9a7a6fb9"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 15 }, Op::Run { run: 4, slot: 0, tight: true }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(25, 31), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("conn_websocket__"), parts: Borrowed(&[Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 42,
        name: Name::Format(LegacyFormat::ConnUserHex8),
        pattern: Borrowed("conn_{U:text}_{hex8}"),
        by: Borrowed("websocket_core/manager.py 8d415d5c3^"),
        example: Borrowed("conn_user1402_90abf39c"),
        kind: Kind::Fixed(Borrowed("websocket")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(15, 65535), (10, 65535), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("conn__"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 43,
        name: Name::Format(LegacyFormat::NetraThreadSessionTs5),
        pattern: Borrowed("thread_session_{n5full}_{hex8i}"),
        by: Borrowed("thread_repository over UIM 1f64c7949.."),
        example: Borrowed("thread_session_26543_7f4ddc85"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 4,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 15 }, Op::Run { run: 23, slot: 0, tight: true }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 18, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(29, 29), (14, 14), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("thread_session__"), parts: Borrowed(&[Part { name: Borrowed("n5full"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 44,
        name: Name::Format(LegacyFormat::NetraThreadSessionTs5),
        pattern: Borrowed("session_{n:n5}_{hex8i}"),
        by: Borrowed("UIM generate_thread_id 1f64c7949.. (09-08..), n = ms mod 100000"),
        example: Borrowed("session_64626_7c1574b5"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: Some(Group::Session),
        when: when::FIVE_DIGITS,
        subject: (255, 0),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 4,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 8 }, Op::Run { run: 22, slot: 0, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 18, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 22), (10, 14), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("session__"), parts: Borrowed(&[Part { name: Borrowed("n"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 45,
        name: Name::Format(LegacyFormat::UimStruct),
        pattern: Borrowed("session_{ctr0}_{hex8i}"),
        by: Borrowed("UIM generate_id(SESSION)"),
        example: Borrowed("session_2218_14fe33b9"),
        kind: Kind::Fixed(Borrowed("session")),
        thread: Thread::None,
        user: User::None,
        group: Some(Group::Session),
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 8 }, Op::Run { run: 5, slot: 0, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 18, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 24), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("session__"), parts: Borrowed(&[Part { name: Borrowed("ctr0"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 46,
        name: Name::Format(LegacyFormat::NetraCtxThread),
        pattern: Borrowed("thread_{words}_{ctr}_{hex8i}"),
        by: Borrowed("UIG 022a320ae.. (09-09..): thread_{op}_{counter}_{8 hex}"),
        example: Borrowed("thread_websocket_session_10_2449b957"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Automaton { index: 14, slot: 0, lazy: false }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 4, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(19, 65535), (12, 65535), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("thread___"), parts: Borrowed(&[Part { name: Borrowed("words"), role: Role::Text }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 47,
        name: Name::Format(LegacyFormat::UimStruct),
        pattern: Borrowed("req_request_{ctr}_{hex8i}"),
        by: Borrowed("UIM generate_id(REQUEST, prefix=req)"),
        example: Borrowed("req_request_20022_5d35cfba"),
        kind: Kind::Fixed(Borrowed("request")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 12 }, Op::Run { run: 4, slot: 0, tight: true }, Op::Literal { at: 12, len: 1 }, Op::Run { run: 18, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(22, 28), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("req_request__"), parts: Borrowed(&[Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 48,
        name: Name::Format(LegacyFormat::NetraCtxReq),
        pattern: Borrowed("req_{words}_{ctr}_{hex8i}"),
        by: Borrowed("UIG 022a320ae.. (09-09..)"),
        example: Borrowed("req_websocket_factory_109_67e5fcaf"),
        kind: Kind::Fixed(Borrowed("request")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 4 }, Op::Automaton { index: 14, slot: 0, lazy: false }, Op::Literal { at: 4, len: 1 }, Op::Run { run: 4, slot: 1, tight: true }, Op::Literal { at: 5, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 65535), (12, 65535), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("req___"), parts: Borrowed(&[Part { name: Borrowed("words"), role: Role::Text }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 49,
        name: Name::Format(LegacyFormat::PrefixedHex),
        pattern: Borrowed("(session|register)_run_{U:words}_{hex8}"),
        by: Borrowed("agents/supervisor/agent_registry.py; register_run_{name}: the name stands in the user's place"),
        example: Borrowed("session_run_user_506_9f51eefb"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Literal { at: 0, len: 7 }, Op::Jump { to: 4 }, Op::Literal { at: 7, len: 8 }, Op::Literal { at: 15, len: 5 }, Op::Automaton { index: 14, slot: 0, lazy: false }, Op::Literal { at: 20, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(22, 65535), (22, 65535), (15, 65535), (23, 65535), (15, 65535), (10, 65535), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("sessionregister_run__"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    },
    Row {
        number: 50,
        name: Name::Format(LegacyFormat::UimStruct),
        pattern: Borrowed("[{prefix}_]{p:@type}_{ctr}_{hex8i}"),
        by: Borrowed("UIM dfa41405f.. (09-04..), prefixes conn, exec, req, ws, batch, temp_user; also UIM/thread_creators thread_{counter}_{8 hex}"),
        example: Borrowed("temp_user_user_40_38046ef2"),
        kind: Kind::Words(1),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Automaton { index: 9, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Automaton { index: 24, slot: 1, lazy: false }, Op::Literal { at: 1, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 2, len: 1 }, Op::Run { run: 18, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(14, 65535), (16, 65535), (15, 29), (14, 28), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("___"), parts: Borrowed(&[Part { name: Borrowed("prefix"), role: Role::Text }, Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    },
    Row {
        number: 51,
        name: Name::Format(LegacyFormat::NetraCtxRunBase),
        pattern: Borrowed("{X:@op}_{ms:ms}"),
        by: Borrowed("UIG 6365d0065 (09-08..09); its thread is thread_{run}_{counter}_{8 hex}"),
        example: Borrowed("websocket_factory_1757372478799"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::Slice { first: 0, last: 1, prefixed: true },
        user: User::None,
        group: Some(Group::Base),
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: true,
        dialects: 8,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 18, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(15, 65535), (14, 14), (13, 13), (0, 0)]), separators: Borrowed(&[0, 1, 0, 0]), literals: Borrowed("_"), parts: Borrowed(&[Part { name: Borrowed("X"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }]) },
    },
    Row {
        number: 52,
        name: Name::Format(LegacyFormat::DefensiveAuth),
        pattern: Borrowed("defensive_auth_{U:words}_{lower}_{alnum}"),
        by: Borrowed("websocket_manager_factory: defensive_auth_{U}_(prelim_{8 hex}|no_ws)"),
        example: Borrowed("defensive_auth_user_858_prelim_4e16f607"),
        kind: Kind::Fixed(Borrowed("request")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 15 }, Op::Automaton { index: 14, slot: 0, lazy: false }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 20, slot: 1, tight: true }, Op::Literal { at: 16, len: 1 }, Op::Run { run: 0, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(20, 65535), (5, 65535), (4, 65535), (3, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("defensive_auth___"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("lower"), role: Role::Text }, Part { name: Borrowed("alnum"), role: Role::Text }]) },
    },
    Row {
        number: 53,
        name: Name::Format(LegacyFormat::DefensiveAuth),
        pattern: Borrowed("defensive_auth_{U:words}_{alnum}"),
        by: Borrowed("accepted by UIM 2025-09-12"),
        example: Borrowed("defensive_auth_105945141827451681156_prelim"),
        kind: Kind::Fixed(Borrowed("request")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 15 }, Op::Automaton { index: 14, slot: 0, lazy: false }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 0, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 65535), (3, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 1, 0, 0]), literals: Borrowed("defensive_auth__"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }, Part { name: Borrowed("alnum"), role: Role::Text }]) },
    },
    Row {
        number: 54,
        name: Name::Format(LegacyFormat::SessionBuddy),
        pattern: Borrowed("{text}-{date:stamp}"),
        by: Borrowed("session_manager.py (local time 2026-01-19.., UTC at HEAD), session_tracker.py"),
        example: Borrowed("thread-pool-20260327-092520"),
        kind: Kind::Fixed(Borrowed("session")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: Some(1),
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 0, len: 1 }, Op::Automaton { index: 10, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(17, 65535), (16, 16), (15, 15), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0]), literals: Borrowed("-"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("date"), role: Role::Date }]) },
    },
    Row {
        number: 55,
        name: Name::Format(LegacyFormat::CrackerjackRun),
        pattern: Borrowed("{date:minute}{hex4}"),
        by: Borrowed("core/ai_fix_event_bus.py"),
        example: Borrowed("2026-01-14-0002-9d7d"),
        kind: Kind::Fixed(Borrowed("run")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: Some(0),
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 5, slot: 0, lazy: false }, Op::Run { run: 16, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(20, 20), (4, 4), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("date"), role: Role::Date }, Part { name: Borrowed("hex4"), role: Role::Random }]) },
    },
    Row {
        number: 56,
        name: Name::Format(LegacyFormat::PrefixedDate),
        pattern: Borrowed("{p:@date_prefix}_{date:micro}"),
        by: Borrowed("mahavishnu backup_, session-buddy mig_"),
        example: Borrowed("backup_20250916_015632_742000"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: Some(1),
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 15, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Automaton { index: 4, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(19, 29), (16, 23), (15, 22), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0]), literals: Borrowed("_"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("date"), role: Role::Date }]) },
    },
    Row {
        number: 57,
        name: Name::Format(LegacyFormat::MahavishnuWf),
        pattern: Borrowed("wf_[timeout_|error_]{hex8}_{task}"),
        by: Borrowed("mahavishnu workflow_execution, app, server_core: wf_{8 hex}_{type}[_single]"),
        example: Borrowed("wf_368c27cf_nightly-sync"),
        kind: Kind::Fixed(Borrowed("workflow")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 3 }, Op::Split { other: 4 }, Op::Literal { at: 3, len: 8 }, Op::Jump { to: 6 }, Op::Split { other: 6 }, Op::Literal { at: 11, len: 6 }, Op::Run { run: 17, slot: 0, tight: true }, Op::Literal { at: 17, len: 1 }, Op::Automaton { index: 11, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(13, 65535), (10, 65535), (18, 65535), (10, 65535), (10, 65535), (16, 65535), (10, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("wf_timeout_error__"), parts: Borrowed(&[Part { name: Borrowed("hex8"), role: Role::Random }, Part { name: Borrowed("task"), role: Role::Text }]) },
    },
    Row {
        number: 58,
        name: Name::Refused(Reason::OnlyHex, "only hex groups"),
        pattern: Borrowed("{hexrun}"),
        by: Borrowed(""),
        example: Borrowed("550e8400-e29b-41d4-a716"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 3, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(1, 65535), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("hexrun"), role: Role::Text }]) },
    },
    Row {
        number: 59,
        name: Name::Refused(Reason::TimeInside, "a time in the middle and no known end"),
        pattern: Borrowed("{text}(_|-){ms}(_|-){text}"),
        by: Borrowed(""),
        example: Borrowed("system_req_1757361274921_92_813a54c5_7d8490dc"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: false, bare: false }, Op::OneOf { at: 0, len: 2 }, Op::Run { run: 21, slot: 1, tight: true }, Op::OneOf { at: 2, len: 2 }, Op::Any { slot: 2, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(17, 65535), (16, 65535), (15, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0]), literals: Borrowed("_-_-"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Text }, Part { name: Borrowed("text"), role: Role::Text }]) },
    },
    Row {
        number: 60,
        name: Name::Format(LegacyFormat::PrefixedUuid),
        pattern: Borrowed("thread_creation_{uuid:uuid}"),
        by: Borrowed("services/thread_service.py"),
        example: Borrowed("thread_creation_0492b716-e3ff-4933-855b-05e707960b44"),
        kind: Kind::Fixed(Borrowed("operation")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 16 }, Op::Automaton { index: 12, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(52, 52), (36, 36), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("thread_creation_"), parts: Borrowed(&[Part { name: Borrowed("uuid"), role: Role::Uuid }]) },
    },
    Row {
        number: 61,
        name: Name::Format(LegacyFormat::PrefixedUuid),
        pattern: Borrowed("{p:prefix}(_|-){uuid:uuid}"),
        by: Borrowed("msg_, req_, interface_run_, agent-, stream-, demo-(user|run|thread)-, snap-"),
        example: Borrowed("demo-thread-f19ffcae-e31b-4012-a2f6-543e1538597f"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 9, slot: 0, lazy: false }, Op::OneOf { at: 0, len: 2 }, Op::Automaton { index: 12, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(38, 65535), (37, 37), (36, 36), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0]), literals: Borrowed("_-"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("uuid"), role: Role::Uuid }]) },
    },
    Row {
        number: 62,
        name: Name::Format(LegacyFormat::PrefixedHex),
        pattern: Borrowed("{p:prefix}(_|-){h:hex}"),
        by: Borrowed("all systems"),
        example: Borrowed("req_9efe5ca1696f"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: true,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 9, slot: 0, lazy: false }, Op::OneOf { at: 0, len: 2 }, Op::Run { run: 13, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(10, 65535), (9, 33), (8, 32), (0, 0)]), separators: Borrowed(&[0, 1, 0, 0]), literals: Borrowed("_-"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("h"), role: Role::Random }]) },
    },
    Row {
        number: 63,
        name: Name::Format(LegacyFormat::PrefixedTime),
        pattern: Borrowed("{p:prefix}(_|-)({ms:ms}|{sec:sec})"),
        by: Borrowed("query_, legacy_, batch_, ctx_, snap_, int_, rem_, cj_ with ms; tx_thread_, tx_run_, thread_, thread_{U}_, ws-session-, debug_ with seconds"),
        example: Borrowed("tx_run_1758416550"),
        kind: Kind::Words(0),
        thread: Thread::None,
        user: User::None,
        group: Some(Group::Base),
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 9, slot: 0, lazy: false }, Op::OneOf { at: 0, len: 2 }, Op::Split { other: 5 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Jump { to: 6 }, Op::Run { run: 25, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(12, 65535), (11, 14), (10, 13), (13, 13), (0, 0), (10, 10), (0, 0)]), separators: Borrowed(&[0, 1, 0, 0, 0, 0, 0]), literals: Borrowed("_-"), parts: Borrowed(&[Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Ms }, Part { name: Borrowed("sec"), role: Role::Sec }]) },
    },
    Row {
        number: 64,
        name: Name::Format(LegacyFormat::AkoshaEntity),
        pattern: Borrowed("user:{U:entity}"),
        by: Borrowed("akosha processing/knowledge_graph.py"),
        example: Borrowed("user:admin"),
        kind: Kind::Fixed(Borrowed("user")),
        thread: Thread::None,
        user: User::Part(0),
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Automaton { index: 2, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(6, 205), (1, 200), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("user:"), parts: Borrowed(&[Part { name: Borrowed("U"), role: Role::Text }]) },
    },
    Row {
        number: 65,
        name: Name::Format(LegacyFormat::AkoshaEntity),
        pattern: Borrowed("system:{entity}"),
        by: Borrowed("akosha"),
        example: Borrowed("system:session-buddy"),
        kind: Kind::Fixed(Borrowed("system")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Automaton { index: 2, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(8, 207), (1, 200), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("system:"), parts: Borrowed(&[Part { name: Borrowed("entity"), role: Role::Text }]) },
    },
    Row {
        number: 66,
        name: Name::Format(LegacyFormat::AkoshaEntity),
        pattern: Borrowed("project:{entity}"),
        by: Borrowed("akosha"),
        example: Borrowed("project:my_app.v2"),
        kind: Kind::Fixed(Borrowed("project")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 8 }, Op::Automaton { index: 2, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(9, 208), (1, 200), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("project:"), parts: Borrowed(&[Part { name: Borrowed("entity"), role: Role::Text }]) },
    },
    Row {
        number: 67,
        name: Name::Format(LegacyFormat::MahavishnuSeq),
        pattern: Borrowed("ISSUE-{d3-6}"),
        by: Borrowed("mahavishnu coordination_cli"),
        example: Borrowed("ISSUE-1170"),
        kind: Kind::Fixed(Borrowed("issue")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 6 }, Op::Run { run: 11, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(9, 12), (3, 6), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("ISSUE-"), parts: Borrowed(&[Part { name: Borrowed("d3-6"), role: Role::Text }]) },
    },
    Row {
        number: 68,
        name: Name::Format(LegacyFormat::MahavishnuSeq),
        pattern: Borrowed("TODO-{d3-6}"),
        by: Borrowed("mahavishnu coordination_cli"),
        example: Borrowed("TODO-1349"),
        kind: Kind::Fixed(Borrowed("todo")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 5 }, Op::Run { run: 11, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(8, 11), (3, 6), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("TODO-"), parts: Borrowed(&[Part { name: Borrowed("d3-6"), role: Role::Text }]) },
    },
    Row {
        number: 69,
        name: Name::Format(LegacyFormat::TempAuth),
        pattern: Borrowed("(pending_auth|temp_auth_{wordch}|awaiting_auth[_{wordch}])"),
        by: Borrowed("accepted by UIM 9f14ac238"),
        example: Borrowed("awaiting_auth_86cd"),
        kind: Kind::Fixed(Borrowed("user")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Literal { at: 0, len: 12 }, Op::Jump { to: 11 }, Op::Split { other: 7 }, Op::Literal { at: 12, len: 10 }, Op::Automaton { index: 13, slot: 0, lazy: false }, Op::Jump { to: 11 }, Op::Literal { at: 22, len: 13 }, Op::Split { other: 11 }, Op::Literal { at: 35, len: 1 }, Op::Automaton { index: 13, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(11, 65535), (12, 12), (0, 0), (11, 65535), (11, 65535), (1, 65535), (0, 0), (13, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("pending_authtemp_auth_awaiting_auth_"), parts: Borrowed(&[Part { name: Borrowed("wordch"), role: Role::Text }, Part { name: Borrowed("wordch"), role: Role::Text }]) },
    },
    Row {
        number: 70,
        name: Name::Refused(Reason::BrokenRun, "run id with a broken end"),
        pattern: Borrowed("{@thread_qualifier}_thread_[{text}_]run[_{text}]"),
        by: Borrowed(""),
        example: Borrowed("ws_thread_run"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Automaton { index: 23, slot: 0, lazy: false }, Op::Literal { at: 0, len: 8 }, Op::Split { other: 5 }, Op::Any { slot: 1, lazy: false, bare: false }, Op::Literal { at: 8, len: 1 }, Op::Literal { at: 9, len: 3 }, Op::Split { other: 9 }, Op::Literal { at: 12, len: 1 }, Op::Any { slot: 2, lazy: false, bare: false }, Op::Done]), bounds: Borrowed(&[(13, 65535), (11, 65535), (3, 65535), (5, 65535), (4, 65535), (3, 65535), (0, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("_thread__run_"), parts: Borrowed(&[Part { name: Borrowed("thread_qualifier"), role: Role::Text }, Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("text"), role: Role::Text }]) },
    },
    Row {
        number: 71,
        name: Name::Refused(Reason::AlmostNew, "almost a new id"),
        pattern: Borrowed("thread_{near}"),
        by: Borrowed(""),
        example: Borrowed("thread_01m7wqt1fbff4sq3bgc5bhn9eo"),
        kind: Kind::None,
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Run { run: 24, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(32, 34), (25, 27), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("thread_"), parts: Borrowed(&[Part { name: Borrowed("near"), role: Role::Text }]) },
    },
    Row {
        number: 72,
        name: Name::Format(LegacyFormat::NetraThreadNamed),
        pattern: Borrowed("[{@thread_qualifier}_]thread(_|-){name}"),
        by: Borrowed("thread_{U} 2025-08-21.., ws_thread_{U}, session_thread_{U}; tests"),
        example: Borrowed("ws_thread_staging-e2e-user-187"),
        kind: Kind::Fixed(Borrowed("thread")),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Automaton { index: 23, slot: 0, lazy: false }, Op::Literal { at: 0, len: 1 }, Op::Literal { at: 1, len: 6 }, Op::OneOf { at: 7, len: 2 }, Op::Automaton { index: 6, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(8, 65535), (11, 65535), (9, 65535), (8, 65535), (2, 65535), (1, 65535), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("_thread_-"), parts: Borrowed(&[Part { name: Borrowed("thread_qualifier"), role: Role::Text }, Part { name: Borrowed("name"), role: Role::Text }]) },
    },
    Row {
        number: 73,
        name: Name::Format(LegacyFormat::NetraSimpleNumbered),
        pattern: Borrowed("[{@simple_qualifier}(_|-)]user(_|-){d1-9}"),
        by: Borrowed("accepted by UIM 2025-09-12, made by no generator"),
        example: Borrowed("test-user-17"),
        kind: Kind::Fixed(Borrowed("user")),
        thread: Thread::None,
        user: User::Whole,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Automaton { index: 21, slot: 0, lazy: false }, Op::OneOf { at: 0, len: 2 }, Op::Literal { at: 2, len: 4 }, Op::OneOf { at: 6, len: 2 }, Op::Run { run: 8, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(6, 26), (10, 26), (7, 15), (6, 14), (2, 10), (1, 9), (0, 0)]), separators: Borrowed(&[0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("_-user_-"), parts: Borrowed(&[Part { name: Borrowed("simple_qualifier"), role: Role::Text }, Part { name: Borrowed("d1-9"), role: Role::Text }]) },
    },
    Row {
        number: 74,
        name: Name::Format(LegacyFormat::NetraSimpleNumbered),
        pattern: Borrowed("[{@simple_qualifier}(_|-)]{p:@simple_noun}(_|-){d1-9}"),
        by: Borrowed("accepted by UIM 2025-09-12, made by no generator"),
        example: Borrowed("test-connection-12"),
        kind: Kind::Words(1),
        thread: Thread::None,
        user: User::None,
        group: None,
        when: 0,
        subject: (255, 255),
        date: None,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program: Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Automaton { index: 21, slot: 0, lazy: false }, Op::OneOf { at: 0, len: 2 }, Op::Automaton { index: 20, slot: 1, lazy: false }, Op::OneOf { at: 2, len: 2 }, Op::Run { run: 8, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(4, 32), (8, 32), (5, 21), (4, 20), (2, 10), (1, 9), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("_-_-"), parts: Borrowed(&[Part { name: Borrowed("simple_qualifier"), role: Role::Text }, Part { name: Borrowed("p"), role: Role::Text }, Part { name: Borrowed("d1-9"), role: Role::Text }]) },
    },
];

/// `[generated] patterns`.
pub(crate) static GENERATED: [Program; 7] = [
    Program { ops: Borrowed(&[Op::Run { run: 26, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(26, 26), (0, 0)]), separators: Borrowed(&[0, 0]), literals: Borrowed(""), parts: Borrowed(&[Part { name: Borrowed("ulid"), role: Role::Text }]) },
    Program { ops: Borrowed(&[Op::Split { other: 2 }, Op::Literal { at: 0, len: 7 }, Op::Run { run: 14, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(16, 23), (23, 23), (16, 16), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0]), literals: Borrowed("thread_"), parts: Borrowed(&[Part { name: Borrowed("hex16"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Run { run: 17, slot: 0, tight: true }, Op::Done]), bounds: Borrowed(&[(15, 15), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0]), literals: Borrowed("thread_"), parts: Borrowed(&[Part { name: Borrowed("hex8"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Split { other: 3 }, Op::Literal { at: 0, len: 7 }, Op::Jump { to: 5 }, Op::Split { other: 5 }, Op::Literal { at: 7, len: 12 }, Op::Automaton { index: 12, slot: 0, lazy: false }, Op::Done]), bounds: Borrowed(&[(36, 48), (43, 43), (36, 36), (36, 48), (48, 48), (36, 36), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0]), literals: Borrowed("thread_demo-thread-"), parts: Borrowed(&[Part { name: Borrowed("uuid"), role: Role::Text }]) },
    Program { ops: Borrowed(&[Op::Split { other: 2 }, Op::Literal { at: 0, len: 7 }, Op::Literal { at: 7, len: 8 }, Op::Split { other: 6 }, Op::Run { run: 21, slot: 0, tight: true }, Op::Jump { to: 7 }, Op::Run { run: 22, slot: 1, tight: true }, Op::Literal { at: 15, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 37), (25, 37), (18, 30), (10, 22), (22, 22), (9, 9), (10, 14), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]), literals: Borrowed("thread_session__"), parts: Borrowed(&[Part { name: Borrowed("ms"), role: Role::Text }, Part { name: Borrowed("n5"), role: Role::Text }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Split { other: 4 }, Op::Automaton { index: 8, slot: 0, lazy: false }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 4, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 18, slot: 2, tight: true }, Op::Done]), bounds: Borrowed(&[(17, 65535), (10, 65535), (12, 65535), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 0, 2, 0, 1, 0, 0]), literals: Borrowed("thread___"), parts: Borrowed(&[Part { name: Borrowed("opname"), role: Role::Text }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8i"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Literal { at: 0, len: 7 }, Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 7, len: 1 }, Op::Run { run: 21, slot: 1, tight: true }, Op::Literal { at: 8, len: 1 }, Op::Run { run: 4, slot: 2, tight: true }, Op::Literal { at: 9, len: 1 }, Op::Run { run: 17, slot: 3, tight: true }, Op::Done]), bounds: Borrowed(&[(33, 65535), (26, 65535), (25, 31), (24, 30), (11, 17), (10, 16), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 0, 3, 0, 2, 0, 1, 0, 0]), literals: Borrowed("thread____"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("ms"), role: Role::Text }, Part { name: Borrowed("ctr"), role: Role::Counter }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
];

/// `[generated] letter_patterns`.
pub(crate) static GENERATED_LETTER: [Program; 3] = [
    Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 17, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(10, 65535), (9, 9), (8, 8), (0, 0)]), separators: Borrowed(&[0, 1, 0, 0]), literals: Borrowed("_"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("hex8"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 0, len: 1 }, Op::Run { run: 14, slot: 1, tight: true }, Op::Done]), bounds: Borrowed(&[(18, 65535), (17, 17), (16, 16), (0, 0)]), separators: Borrowed(&[0, 1, 0, 0]), literals: Borrowed("_"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("hex16"), role: Role::Random }]) },
    Program { ops: Borrowed(&[Op::Any { slot: 0, lazy: false, bare: false }, Op::Literal { at: 0, len: 1 }, Op::Automaton { index: 12, slot: 1, lazy: false }, Op::Done]), bounds: Borrowed(&[(38, 65535), (37, 37), (36, 36), (0, 0)]), separators: Borrowed(&[0, 0, 0, 0]), literals: Borrowed("_"), parts: Borrowed(&[Part { name: Borrowed("text"), role: Role::Text }, Part { name: Borrowed("uuid"), role: Role::Text }]) },
];

/// The rows of each group.
pub(crate) static GROUP_ROWS: [u128; 3] = [0x0003_e000, 0x1800_0000_0000, 0x4004_0000_0000_0000];

/// The rows with the list `op`, which an application may extend.
pub(crate) const OP_ROWS: u128 = 0x0004_0000_0000_8000;

/// The automaton of the list `op`.
pub(crate) const OP_LIST: usize = 18;

/// The automaton of `ascii`.
pub(crate) static ASCII: &Automaton = &AUTOMATA[0];

/// Atoms that are runs of one class.
pub(crate) static RUNS: [Run; 28] = [
    // alnum
    Run { rest: class::ALNUM, first: class::ALNUM, zero: false, lengths: 0xffff_ffff_ffff_fffe },
    // b36
    Run { rest: class::BASE36, first: class::BASE36, zero: false, lengths: 0x3fe },
    // b36x7
    Run { rest: class::BASE36, first: class::BASE36, zero: false, lengths: 0xfe },
    // b36x9
    Run { rest: class::BASE36, first: class::BASE36, zero: false, lengths: 0x200 },
    // ctr
    Run { rest: class::DIGIT, first: class::NONZERO, zero: false, lengths: 0xfe },
    // ctr0
    Run { rest: class::DIGIT, first: class::NONZERO, zero: true, lengths: 0xfe },
    // d1-19
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x000f_fffe },
    // d1-4
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x1e },
    // d1-9
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x3fe },
    // d13
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x2000 },
    // d15-21
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x003f_8000 },
    // d3-6
    Run { rest: class::DIGIT, first: class::DIGIT, zero: false, lengths: 0x78 },
    // dec14
    Run { rest: class::DIGIT, first: class::NONZERO, zero: true, lengths: 0x7ffe },
    // hex
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x0001_0001_1100 },
    // hex16
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x0001_0000 },
    // hex32
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x0001_0000_0000 },
    // hex4
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x10 },
    // hex8
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x100 },
    // hex8i
    Run { rest: class::HEX, first: class::HEX, zero: false, lengths: 0x100 },
    // hexeven
    Run { rest: class::HEX_LOWER, first: class::HEX_LOWER, zero: false, lengths: 0x0001_5555_5554 },
    // lower
    Run { rest: class::LOWER, first: class::LOWER, zero: false, lengths: 0xffff_ffff_ffff_fffe },
    // ms
    Run { rest: class::DIGIT, first: class::ONE, zero: false, lengths: 0x2000 },
    // n5
    Run { rest: class::DIGIT, first: class::NONZERO, zero: true, lengths: 0x3e },
    // n5full
    Run { rest: class::DIGIT, first: class::NONZERO, zero: false, lengths: 0x20 },
    // near
    Run { rest: class::ALNUM, first: class::ALNUM, zero: false, lengths: 0x0e00_0000 },
    // sec
    Run { rest: class::DIGIT, first: class::ONE, zero: false, lengths: 0x400 },
    // ulid
    Run { rest: class::CROCKFORD, first: class::OCTAL, zero: false, lengths: 0x0400_0000 },
    // zero16
    Run { rest: class::ZERO, first: class::ZERO, zero: false, lengths: 0x0001_0000 },
];

/// All other atoms, and the lists.
pub(crate) static AUTOMATA: [Automaton; 25] = [
    // ascii
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 2,
        plain_all: true,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x02\x02",
    },
    // dash
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 2,
        plain_all: true,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x02\x02",
    },
    // entity
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x01\x00\x00\x00\x00\x00\
        \x01\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x03\x03\x00\x04\x04\x00\x05\x05\x00\x06\x06\x00\x07\x07\x00\x08\x08\x00\x09\x09\x00\x0a\x0a\x00\x0b\
        \x0b\x00\x0c\x0c\x00\x0d\x0d\x00\x0e\x0e\x00\x0f\x0f\x00\x10\x10\x00\x11\x11\x00\x12\x12\x00\x13\x13\x00\x14\x14\x00\x15\x15\x00\
        \x16\x16\x00\x17\x17\x00\x18\x18\x00\x19\x19\x00\x1a\x1a\x00\x1b\x1b\x00\x1c\x1c\x00\x1d\x1d\x00\x1e\x1e\x00\x1f\x1f\x00\x20\x20\
        \x00\x21\x21\x00\x22\x22\x00\x23\x23\x00\x24\x24\x00\x25\x25\x00\x26\x26\x00\x27\x27\x00\x28\x28\x00\x29\x29\x00\x2a\x2a\x00\x2b\
        \x2b\x00\x2c\x2c\x00\x2d\x2d\x00\x2e\x2e\x00\x2f\x2f\x00\x30\x30\x00\x31\x31\x00\x32\x32\x00\x33\x33\x00\x34\x34\x00\x35\x35\x00\
        \x36\x36\x00\x37\x37\x00\x38\x38\x00\x39\x39\x00\x3a\x3a\x00\x3b\x3b\x00\x3c\x3c\x00\x3d\x3d\x00\x3e\x3e\x00\x3f\x3f\x00\x40\x40\
        \x00\x41\x41\x00\x42\x42\x00\x43\x43\x00\x44\x44\x00\x45\x45\x00\x46\x46\x00\x47\x47\x00\x48\x48\x00\x49\x49\x00\x4a\x4a\x00\x4b\
        \x4b\x00\x4c\x4c\x00\x4d\x4d\x00\x4e\x4e\x00\x4f\x4f\x00\x50\x50\x00\x51\x51\x00\x52\x52\x00\x53\x53\x00\x54\x54\x00\x55\x55\x00\
        \x56\x56\x00\x57\x57\x00\x58\x58\x00\x59\x59\x00\x5a\x5a\x00\x5b\x5b\x00\x5c\x5c\x00\x5d\x5d\x00\x5e\x5e\x00\x5f\x5f\x00\x60\x60\
        \x00\x61\x61\x00\x62\x62\x00\x63\x63\x00\x64\x64\x00\x65\x65\x00\x66\x66\x00\x67\x67\x00\x68\x68\x00\x69\x69\x00\x6a\x6a\x00\x6b\
        \x6b\x00\x6c\x6c\x00\x6d\x6d\x00\x6e\x6e\x00\x6f\x6f\x00\x70\x70\x00\x71\x71\x00\x72\x72\x00\x73\x73\x00\x74\x74\x00\x75\x75\x00\
        \x76\x76\x00\x77\x77\x00\x78\x78\x00\x79\x79\x00\x7a\x7a\x00\x7b\x7b\x00\x7c\x7c\x00\x7d\x7d\x00\x7e\x7e\x00\x7f\x7f\x00\x80\x80\
        \x00\x81\x81\x00\x82\x82\x00\x83\x83\x00\x84\x84\x00\x85\x85\x00\x86\x86\x00\x87\x87\x00\x88\x88\x00\x89\x89\x00\x8a\x8a\x00\x8b\
        \x8b\x00\x8c\x8c\x00\x8d\x8d\x00\x8e\x8e\x00\x8f\x8f\x00\x90\x90\x00\x91\x91\x00\x92\x92\x00\x93\x93\x00\x94\x94\x00\x95\x95\x00\
        \x96\x96\x00\x97\x97\x00\x98\x98\x00\x99\x99\x00\x9a\x9a\x00\x9b\x9b\x00\x9c\x9c\x00\x9d\x9d\x00\x9e\x9e\x00\x9f\x9f\x00\xa0\xa0\
        \x00\xa1\xa1\x00\xa2\xa2\x00\xa3\xa3\x00\xa4\xa4\x00\xa5\xa5\x00\xa6\xa6\x00\xa7\xa7\x00\xa8\xa8\x00\xa9\xa9\x00\xaa\xaa\x00\xab\
        \xab\x00\xac\xac\x00\xad\xad\x00\xae\xae\x00\xaf\xaf\x00\xb0\xb0\x00\xb1\xb1\x00\xb2\xb2\x00\xb3\xb3\x00\xb4\xb4\x00\xb5\xb5\x00\
        \xb6\xb6\x00\xb7\xb7\x00\xb8\xb8\x00\xb9\xb9\x00\xba\xba\x00\xbb\xbb\x00\xbc\xbc\x00\xbd\xbd\x00\xbe\xbe\x00\xbf\xbf\x00\xc0\xc0\
        \x00\xc1\xc1\x00\xc2\xc2\x00\xc3\xc3\x00\xc4\xc4\x00\xc5\xc5\x00\xc6\xc6\x00\xc7\xc7\x00\xc8\xc8\x00\xc9\xc9\x00\x00\x00",
    },
    // hexrun
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x01\x02",
    },
    // micro
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 5,
        accepting: 22,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x03\x00\x00\x00\x00\x04\x04\x04\x00\x00\x05\x05\x05\x00\x00\x06\x06\x06\x00\x00\x07\
        \x07\x07\x00\x00\x08\x08\x08\x00\x00\x09\x09\x09\x00\x00\x00\x00\x00\x0a\x00\x0b\x0b\x0b\x00\x00\x0c\x0c\x0c\x00\x00\x0d\x0d\x0d\
        \x00\x00\x0e\x0e\x0e\x00\x00\x0f\x0f\x0f\x00\x00\x16\x16\x16\x00\x00\x11\x11\x11\x00\x00\x12\x12\x12\x00\x00\x13\x13\x13\x00\x00\
        \x14\x14\x14\x00\x00\x15\x15\x15\x00\x00\x17\x17\x17\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00",
    },
    // minute
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x03\x04\x03\x03\x03\x03\x03\x03\x03\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 5,
        accepting: 17,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x03\x00\x00\x00\x00\x04\x04\x04\x00\x00\x05\x05\x05\x00\x06\x00\x00\x00\x00\x00\
        \x07\x07\x07\x00\x00\x08\x08\x08\x00\x09\x00\x00\x00\x00\x00\x0a\x0a\x0a\x00\x00\x0b\x0b\x0b\x00\x0c\x00\x00\x00\x00\x00\x0d\x0d\
        \x0d\x00\x00\x0e\x0e\x0e\x00\x00\x0f\x0f\x0f\x00\x00\x10\x10\x10\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // name
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x01\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x03\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 4,
        accepting: 3,
        sink: 0,
        plain: 3,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x03\x00\x00\x02\x03\x00\x00\x02\x03\x01",
    },
    // open
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\
        \x00\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 4,
        accepting: 2,
        sink: 3,
        plain: 3,
        plain_all: true,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x02\x02\x03\x03\x03\x03",
    },
    // opname
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x02\x02",
    },
    // prefix
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x04\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03\x00\x00\x00\x00\x01\
        \x00\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 6,
        accepting: 3,
        sink: 0,
        plain: 5,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x04\x00\x00\x05\x05\x05\x05\x00\x02\x00\x00\x00\x00\x00\x02\x04\x00\x00\x04\x00\x02\
        \x05\x05\x05\x05",
    },
    // stamp
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x03\x04\x03\x03\x03\x03\x03\x03\x03\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 5,
        accepting: 16,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x03\x00\x00\x00\x00\x04\x04\x04\x00\x00\x05\x05\x05\x00\x00\x06\x06\x06\x00\x00\
        \x07\x07\x07\x00\x00\x08\x08\x08\x00\x00\x09\x09\x09\x00\x0a\x00\x00\x00\x00\x00\x0b\x0b\x0b\x00\x00\x0c\x0c\x0c\x00\x00\x0d\x0d\
        \x0d\x00\x00\x0e\x0e\x0e\x00\x00\x0f\x0f\x0f\x00\x00\x10\x10\x10\x00\x00\x00\x00\x00",
    },
    // task
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 2,
        plain_all: true,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x02\x02",
    },
    // uuid
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 37,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x00\x03\x00\x00\x04\x00\x00\x05\x00\x00\x06\x00\x00\x07\x00\x00\x08\x00\x00\x09\x00\x0a\x00\x00\x00\
        \x0b\x00\x00\x0c\x00\x00\x0d\x00\x00\x0e\x00\x0f\x00\x00\x00\x10\x00\x00\x11\x00\x00\x12\x00\x00\x13\x00\x14\x00\x00\x00\x15\x00\
        \x00\x16\x00\x00\x17\x00\x00\x18\x00\x19\x00\x00\x00\x1a\x00\x00\x1b\x00\x00\x1c\x00\x00\x1d\x00\x00\x1e\x00\x00\x1f\x00\x00\x20\
        \x00\x00\x21\x00\x00\x22\x00\x00\x23\x00\x00\x24\x00\x00\x25\x00\x00\x00",
    },
    // wordch
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00\x00\x00\x00\x00\x00\
        \x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00\x00\x00\x00\x01\
        \x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 2,
        accepting: 2,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x02\x00\x02",
    },
    // words
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\x00\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x01\
        \x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 3,
        accepting: 2,
        sink: 0,
        plain: 2,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x02\x00\x01\x02",
    },
    // @date_prefix
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x02\x03\x00\x00\x00\x04\x00\x05\x00\x06\x00\x07\x00\x00\x08\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 10,
        accepting: 9,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x03\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00",
    },
    // @event
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\
        \x00\x02\x00\x03\x00\x04\x00\x05\x06\x07\x00\x08\x09\x0a\x0b\x0c\x0d\x00\x0e\x0f\x10\x11\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 19,
        accepting: 39,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x04\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x0c\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x27\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x1d\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\
        \x00\x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x22\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x23\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x27\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x25\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x27\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @fe_prefix
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x02\x03\x00\x04\x00\x05\x00\x06\x00\x00\x00\x07\x08\x09\x0a\x00\x0b\x0c\x0d\x0e\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 16,
        accepting: 31,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x04\x00\x00\x05\x00\x06\x00\x00\x07\x08\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\
        \x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\
        \x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\
        \x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\
        \x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @op
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\
        \x00\x02\x03\x04\x05\x06\x05\x07\x08\x09\x05\x0a\x0b\x0c\x0d\x0e\x0f\x05\x10\x11\x12\x13\x05\x14\x15\x16\x17\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 24,
        accepting: 71,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00\x04\x00\
        \x00\x00\x00\x00\x00\x05\x06\x00\x00\x07\x00\x08\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3a\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2a\x00\x00\x00\x00\x00\x2b\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x25\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x47\x00\x00\x00\x00\x00\x00\x48\x48\x48\x48\x48\x48\x48\
        \x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x49\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x22\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x23\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x26\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x28\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x49\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x39\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2c\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2f\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\
        \x00\x00\x31\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x33\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x34\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x35\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x36\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x37\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x38\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x49\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x49\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3b\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3d\x00\x00\x00\x00\x00\x00\x3e\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\
        \x00\x00\x00\x00\x00\x00\x41\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x42\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x43\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x44\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x45\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x46\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x47\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x48\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @prefix_ms
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x00\x02\x03\x04\x00\x00\x00\x05\x00\x00\x00\x00\x06\x07\x00\x08\x09\x0a\x0b\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 13,
        accepting: 19,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x03\x00\x00\x00\x00\x00\x00\x04\x05\x06\x07\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00",
    },
    // @simple_noun
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x02\x03\x00\x04\x00\x05\x00\x06\x00\x07\x08\x09\x0a\x0b\x00\x0c\x0d\x0e\x0f\x10\x00\x11\x12\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 19,
        accepting: 43,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x04\x00\x00\x00\x00\x05\x00\x00\x00\
        \x06\x07\x08\x00\x09\x00\x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x25\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x21\x00\
        \x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x17\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2b\x00\x00\x00\x00\x00\x00\
        \x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2b\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2b\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2b\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1a\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2b\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x2b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x22\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x23\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x28\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @simple_qualifier
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x03\x00\x04\x05\x06\x00\x07\x00\x08\x00\x09\x00\x0a\x0b\x0c\x0d\x00\x0e\x0f\x10\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 18,
        accepting: 32,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x03\x04\x00\x00\x00\x05\x00\x00\x06\
        \x00\x07\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x20\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @thread_op
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x00\x02\x03\x04\x00\x00\x05\x06\x00\x00\x07\x00\x08\x09\x0a\x00\x0b\x0c\x0d\x0e\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 16,
        accepting: 23,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x03\x00\x00\x00\x04\x00\x00\x00\x00\x05\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06\
        \x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\
        \x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @thread_qualifier
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x00\x02\x03\x04\x00\x05\x06\x07\x00\x00\x08\x09\x0a\x0b\x00\x00\x0c\x0d\x0e\x00\x00\x0f\x00\x10\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 17,
        accepting: 29,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x04\x00\x00\x00\x00\x05\x06\
        \x07\x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x17\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x0b\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x0c\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\
        \x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x19\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
    // @type
    Automaton {
        classes: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x01\x02\x03\x04\x05\x00\x06\x07\x08\x00\x09\x0a\x0b\x0c\x0d\x00\x0e\x0f\x10\x11\x12\x00\x13\x14\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        stride: 21,
        accepting: 50,
        sink: 0,
        plain: 0,
        plain_all: false,
        next: b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x00\x00\
        \x04\x00\x00\x00\x05\x06\x07\x08\x09\x00\x00\x00\x00\x00\x00\x00\x30\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2d\x00\x00\x00\x00\x00\x29\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x25\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\
        \x00\x00\x00\x23\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\
        \x14\x00\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x16\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x00\x00\x00\x00\x00\x28\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x2b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x2f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00\x00\x31\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    },
];

/// Atoms by name.
#[cfg(feature = "rows")]
pub(crate) static ATOMS: [super::rows::Named; 49] = [
    super::rows::Named { name: "alnum", regex: "[A-Za-z0-9]+", atom: super::pattern::Atom::Run { index: 0, min: 1, max: 65535, rest: 16 }, counter: false, random: false },
    super::rows::Named { name: "ascii", regex: "[A-Za-z0-9][A-Za-z0-9_-]*", atom: super::pattern::Atom::Automaton { index: 0, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "b36", regex: "[0-9a-z]{1,9}", atom: super::pattern::Atom::Run { index: 1, min: 1, max: 9, rest: 8 }, counter: false, random: true },
    super::rows::Named { name: "b36x7", regex: "[0-9a-z]{1,7}", atom: super::pattern::Atom::Run { index: 2, min: 1, max: 7, rest: 8 }, counter: false, random: true },
    super::rows::Named { name: "b36x9", regex: "[0-9a-z]{9}", atom: super::pattern::Atom::Run { index: 3, min: 9, max: 9, rest: 8 }, counter: false, random: true },
    super::rows::Named { name: "canon", regex: "thread_(?:[^_].*)_run_(?:[0-9]{1,19})_(?:[0-9A-Fa-f]{8})", atom: super::pattern::Atom::Composed(Borrowed("thread_{thread}_run_{d1-19}_{hex8i}")), counter: false, random: false },
    super::rows::Named { name: "ctr", regex: "[1-9][0-9]{0,6}", atom: super::pattern::Atom::Run { index: 4, min: 1, max: 7, rest: 1 }, counter: true, random: false },
    super::rows::Named { name: "ctr0", regex: "0|[1-9][0-9]{0,6}", atom: super::pattern::Atom::Run { index: 5, min: 1, max: 7, rest: 1 }, counter: true, random: false },
    super::rows::Named { name: "d1-19", regex: "[0-9]{1,19}", atom: super::pattern::Atom::Run { index: 6, min: 1, max: 19, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "d1-4", regex: "[0-9]{1,4}", atom: super::pattern::Atom::Run { index: 7, min: 1, max: 4, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "d1-9", regex: "[0-9]{1,9}", atom: super::pattern::Atom::Run { index: 8, min: 1, max: 9, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "d13", regex: "[0-9]{13}", atom: super::pattern::Atom::Run { index: 9, min: 13, max: 13, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "d15-21", regex: "[0-9]{15,21}", atom: super::pattern::Atom::Run { index: 10, min: 15, max: 21, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "d3-6", regex: "[0-9]{3,6}", atom: super::pattern::Atom::Run { index: 11, min: 3, max: 6, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "dash", regex: "[A-Za-z][A-Za-z0-9_-]*?", atom: super::pattern::Atom::Automaton { index: 1, min: 1, max: 65535, lazy: true }, counter: false, random: false },
    super::rows::Named { name: "dec14", regex: "0|[1-9][0-9]{0,13}", atom: super::pattern::Atom::Run { index: 12, min: 1, max: 14, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "entity", regex: "[A-Za-z0-9][A-Za-z0-9_:@.-]{0,199}", atom: super::pattern::Atom::Automaton { index: 2, min: 1, max: 200, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "first8", regex: "(?:[\\x00-\\x7f\\xc0-\\xff][\\x80-\\xbf]*){1,8}", atom: super::pattern::Atom::Chars { most: 8 }, counter: false, random: false },
    super::rows::Named { name: "hex", regex: "[0-9a-f]{8}|[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32}", atom: super::pattern::Atom::Run { index: 13, min: 8, max: 32, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hex16", regex: "[0-9a-f]{16}", atom: super::pattern::Atom::Run { index: 14, min: 16, max: 16, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hex32", regex: "[0-9a-f]{32}", atom: super::pattern::Atom::Run { index: 15, min: 32, max: 32, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hex4", regex: "[0-9a-f]{4}", atom: super::pattern::Atom::Run { index: 16, min: 4, max: 4, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hex8", regex: "[0-9a-f]{8}", atom: super::pattern::Atom::Run { index: 17, min: 8, max: 8, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hex8i", regex: "[0-9A-Fa-f]{8}", atom: super::pattern::Atom::Run { index: 18, min: 8, max: 8, rest: 4 }, counter: false, random: true },
    super::rows::Named { name: "hexeven", regex: "([0-9a-f]{2}){1,16}", atom: super::pattern::Atom::Run { index: 19, min: 2, max: 32, rest: 2 }, counter: false, random: true },
    super::rows::Named { name: "hexrun", regex: "[0-9A-Fa-f]+([_-][0-9A-Fa-f]+)*", atom: super::pattern::Atom::Automaton { index: 3, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "inner", regex: "(?:thread_(?:[^_].*)_run_(?:[0-9]{1,19})|run_(?:[^_].*)_(?:0|[1-9][0-9]{0,4}))_(?:[0-9A-Fa-f]{8})", atom: super::pattern::Atom::Composed(Borrowed("(thread_{thread}_run_{d1-19}|run_{thread}_{n5})_{hex8i}")), counter: false, random: false },
    super::rows::Named { name: "lower", regex: "[a-z]+", atom: super::pattern::Atom::Run { index: 20, min: 1, max: 65535, rest: 32 }, counter: false, random: false },
    super::rows::Named { name: "micro", regex: "20[0-9]{6}_[0-9]{6}(_[0-9]{6})?", atom: super::pattern::Atom::Automaton { index: 4, min: 15, max: 22, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "minute", regex: "20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{4}-", atom: super::pattern::Atom::Automaton { index: 5, min: 16, max: 16, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "ms", regex: "1[0-9]{12}", atom: super::pattern::Atom::Run { index: 21, min: 13, max: 13, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "n5", regex: "0|[1-9][0-9]{0,4}", atom: super::pattern::Atom::Run { index: 22, min: 1, max: 5, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "n5full", regex: "[1-9][0-9]{4}", atom: super::pattern::Atom::Run { index: 23, min: 5, max: 5, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "name", regex: "[A-Za-z0-9]+(_[A-Za-z0-9]+|[.@-]+[A-Za-z0-9]+)*", atom: super::pattern::Atom::Automaton { index: 6, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "near", regex: "[0-9A-Za-z]{25,27}", atom: super::pattern::Atom::Run { index: 24, min: 25, max: 27, rest: 16 }, counter: false, random: false },
    super::rows::Named { name: "open", regex: "[a-z][a-z0-9]*([_-].*)?", atom: super::pattern::Atom::Automaton { index: 7, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "opname", regex: "[a-z][a-z_]*", atom: super::pattern::Atom::Automaton { index: 8, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "prefix", regex: "(L|[a-z][a-z0-9]*)([_-][A-Za-z0-9]+)*", atom: super::pattern::Atom::Automaton { index: 9, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "sec", regex: "1[0-9]{9}", atom: super::pattern::Atom::Run { index: 25, min: 10, max: 10, rest: 1 }, counter: false, random: false },
    super::rows::Named { name: "short", regex: ".+?", atom: super::pattern::Atom::Any { lazy: true, bare: false }, counter: false, random: false },
    super::rows::Named { name: "stamp", regex: "20[0-9]{6}-[0-9]{6}", atom: super::pattern::Atom::Automaton { index: 10, min: 15, max: 15, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "task", regex: "[A-Za-z0-9][A-Za-z0-9_.-]*", atom: super::pattern::Atom::Automaton { index: 11, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "text", regex: ".+", atom: super::pattern::Atom::Any { lazy: false, bare: false }, counter: false, random: false },
    super::rows::Named { name: "thread", regex: "[^_].*", atom: super::pattern::Atom::Any { lazy: false, bare: true }, counter: false, random: false },
    super::rows::Named { name: "ulid", regex: "[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}", atom: super::pattern::Atom::Run { index: 26, min: 26, max: 26, rest: 64 }, counter: false, random: false },
    super::rows::Named { name: "uuid", regex: "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", atom: super::pattern::Atom::Automaton { index: 12, min: 36, max: 36, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "wordch", regex: "[A-Za-z0-9_]+", atom: super::pattern::Atom::Automaton { index: 13, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "words", regex: "[A-Za-z0-9]+([_-][A-Za-z0-9]+)*", atom: super::pattern::Atom::Automaton { index: 14, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "zero16", regex: "0{16}", atom: super::pattern::Atom::Run { index: 27, min: 16, max: 16, rest: 512 }, counter: false, random: false },
];

/// Lists by name.
#[cfg(feature = "rows")]
pub(crate) static LISTS: [super::rows::Named; 10] = [
    super::rows::Named { name: "date_prefix", regex: "(?:backup|mig)", atom: super::pattern::Atom::Automaton { index: 15, min: 3, max: 6, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "event", regex: "(?:agent_start|agent_think|tool_exec|tool_comp|progress|custom)", atom: super::pattern::Atom::Automaton { index: 16, min: 6, max: 11, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "fe_prefix", regex: "(?:session|attempt|entity|error|conn|temp|anim|msg|att|opt|sub|ts)", atom: super::pattern::Atom::Automaton { index: 17, min: 2, max: 7, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "op", regex: "(?:agent_execution_[a-z_]+|websocket_[a-z_]+|context_[a-z_]+|websocket_operation|websocket_factory|websocket_manager|websocket_session|agent_execution|compatibility|normalization|operation|websocket|context|session|execute|unknown|chat)", atom: super::pattern::Atom::Automaton { index: 18, min: 1, max: 65535, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "prefix_ms", regex: "(?:audit|conn|sess|user|test|req)", atom: super::pattern::Atom::Automaton { index: 19, min: 3, max: 5, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "simple_noun", regex: "(?:connection|execution|websocket|session|request|message|client|agent|conn|tool|req|msg|run|ws)", atom: super::pattern::Atom::Automaton { index: 20, min: 2, max: 10, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "simple_qualifier", regex: "(?:staging-e2e|concurrent|prod-e2e|test|mock|demo|e2e)", atom: super::pattern::Atom::Automaton { index: 21, min: 3, max: 11, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "thread_op", regex: "(?:cleanup|create|switch|delete|load)", atom: super::pattern::Atom::Automaton { index: 22, min: 4, max: 7, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "thread_qualifier", regex: "(?:isolated|session|legacy|shared|test|demo|ws)", atom: super::pattern::Atom::Automaton { index: 23, min: 2, max: 8, lazy: false }, counter: false, random: false },
    super::rows::Named { name: "type", regex: "(?:transaction|websocket|execution|session|request|metric|thread|agent|trace|user|tool|run)", atom: super::pattern::Atom::Automaton { index: 24, min: 3, max: 11, lazy: false }, counter: false, random: false },
];

/// First words and kind words.
pub(crate) static WORDS: [Word; 103] = [
    Word { text: "ISSUE", key: 0x0045_5553_5349, rows: [0x0, 0x0420_0000_0240_0000, 0x0004_0420_0000_0240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "TODO", key: 0x4f44_4f54, rows: [0x0, 0x0420_0000_0240_0000, 0x0008_0420_0000_0240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "agent", key: 0x0074_6e65_6761, rows: [0x0, 0x0200_7426_0003_82c0_0000, 0x0200_7422_0003_8250_0000, 0x0420_0000_0200_0000], kind: Some("agent"), qualifier: false, pairs: &[] },
    Word { text: "alert", key: 0x0074_7265_6c61, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("alert"), qualifier: false, pairs: &[] },
    Word { text: "anim", key: 0x6d69_6e61, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "assistant", key: 0xe00c_5a1d_07fe_bf4f, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8248_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "att", key: 0x0074_7461, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "attempt", key: 0x0074_706d_6574_7461, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "audit", key: 0x0074_6964_7561, rows: [0x0, 0x7422_000b_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("audit"), qualifier: false, pairs: &[] },
    Word { text: "auth", key: 0x6874_7561, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "awaiting", key: 0xea42_4798_458c_ba4f, rows: [0x0, 0x0010_7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "backup", key: 0x7075_6b63_6162, rows: [0x0, 0x74a2_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("backup"), qualifier: false, pairs: &[] },
    Word { text: "batch", key: 0x0068_6374_6162, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("batch"), qualifier: false, pairs: &[] },
    Word { text: "chat", key: 0x7461_6863, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "cleanup", key: 0x0070_756e_6165_6c63, rows: [0x0, 0x7422_0003_8640_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "client", key: 0x746e_6569_6c63, rows: [0x0, 0x0200_7422_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[] },
    Word { text: "comp", key: 0x706d_6f63, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "compatibility", key: 0xef45_394f_ff43_e24e, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "concurrent", key: 0x2b3c_de18_ade3_a3cd, rows: [0x0, 0x0300_7422_0003_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "conn", key: 0x6e6e_6f63, rows: [0x0, 0x0200_7422_03db_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[] },
    Word { text: "connection", key: 0xe518_cea8_a3a3_824d, rows: [0x0, 0x0200_7422_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[] },
    Word { text: "context", key: 0x0074_7865_746e_6f63, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("context"), qualifier: false, pairs: &[] },
    Word { text: "coord", key: 0x0064_726f_6f63, rows: [0x0, 0x7422_0003_c240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "corpus", key: 0x7375_7072_6f63, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("corpus"), qualifier: false, pairs: &[] },
    Word { text: "corr", key: 0x7272_6f63, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("correlation"), qualifier: false, pairs: &[] },
    Word { text: "correlation", key: 0xf84c_e0cb_3fbf_824d, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("correlation"), qualifier: false, pairs: &[] },
    Word { text: "create", key: 0x6574_6165_7263, rows: [0x0, 0x7422_0003_8640_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "creation", key: 0xe243_c738_0ca8_9f4d, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "ctx", key: 0x0078_7463, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("context"), qualifier: false, pairs: &[] },
    Word { text: "custom", key: 0x6d6f_7473_7563, rows: [0x0, 0x7422_0003_82c0_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "defensive", key: 0x1ba5_dfa2_c9c8_a84a, rows: [0x0, 0x743a_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "delete", key: 0x6574_656c_6564, rows: [0x0, 0x7422_0003_8640_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "demo", key: 0x6f6d_6564, rows: [0x0, 0x03a0_7422_0003_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "dev", key: 0x0076_6564, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "e2e", key: 0x0065_3265, rows: [0x0200_0000_0000_0000, 0x0300_7622_0003_8240_0000, 0x0300_7622_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "emergency", key: 0xcf80_29ca_dd49_00a9, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "engine", key: 0x656e_6967_6e65, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "entity", key: 0x7974_6974_6e65, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "error", key: 0x0072_6f72_7265, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("error"), qualifier: false, pairs: &[] },
    Word { text: "event", key: 0x0074_6e65_7665, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("event"), qualifier: false, pairs: &[] },
    Word { text: "evt", key: 0x0074_7665, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("event"), qualifier: false, pairs: &[] },
    Word { text: "exec", key: 0x6365_7865, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("execution"), qualifier: false, pairs: &[] },
    Word { text: "execute", key: 0x0065_7475_6365_7865, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "execution", key: 0xe1c5_18da_6ea8_954b, rows: [0x0, 0x0200_7422_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("execution"), qualifier: false, pairs: &[] },
    Word { text: "factory", key: 0x0079_726f_7463_6166, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "flow", key: 0x776f_6c66, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("flow"), qualifier: false, pairs: &[] },
    Word { text: "heartbeat", key: 0x2feb_2e58_dced_49c4, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "interface", key: 0xad2d_c8ff_a9d8_0245, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "isolated", key: 0x49e8_9a0c_40e3_dde5, rows: [0x0, 0x00a0_7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "job", key: 0x0062_6f6a, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("job"), qualifier: false, pairs: &[] },
    Word { text: "jti", key: 0x0069_746a, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("token"), qualifier: false, pairs: &[] },
    Word { text: "legacy", key: 0x7963_6167_656c, rows: [0x0, 0x00a0_7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "llm", key: 0x006d_6c6c, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[("heartbeat", "correlation")] },
    Word { text: "load", key: 0x6461_6f6c, rows: [0x0, 0x7422_0003_8640_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "manager", key: 0x0072_6567_616e_616d, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "message", key: 0x0065_6761_7373_656d, rows: [0x0, 0x0200_7422_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("message"), qualifier: false, pairs: &[] },
    Word { text: "metric", key: 0x6369_7274_656d, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("metric"), qualifier: false, pairs: &[] },
    Word { text: "mig", key: 0x0067_696d, rows: [0x0, 0x74a2_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "mock", key: 0x6b63_6f6d, rows: [0x0, 0x0300_7422_0003_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "msg", key: 0x0067_736d, rows: [0x0, 0x0200_7422_0013_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("message"), qualifier: false, pairs: &[] },
    Word { text: "new", key: 0x0077_656e, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "nonce", key: 0x0065_636e_6f6e, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("token"), qualifier: false, pairs: &[] },
    Word { text: "normalization", key: 0xf646_214c_e0bf_8240, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "operation", key: 0xe347_38cf_7fa8_9d41, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "opt", key: 0x0074_706f, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "pending", key: 0x0067_6e69_646e_6570, rows: [0x0, 0x0010_7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "prod", key: 0x646f_7270, rows: [0x0, 0x7422_0003_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "progress", key: 0x3f9e_8b3c_6901_1ede, rows: [0x0, 0x7422_0003_82c0_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "project", key: 0x0074_6365_6a6f_7270, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0002_0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "query", key: 0x0079_7265_7571, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("run"), qualifier: false, pairs: &[] },
    Word { text: "register", key: 0x1f49_98dd_272b_cbfc, rows: [0x0, 0x7423_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "relaxed", key: 0x0064_6578_616c_6572, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "req", key: 0x0071_6572, rows: [0x0, 0x0200_7422_c00b_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("request"), qualifier: false, pairs: &[] },
    Word { text: "request", key: 0x0074_7365_7571_6572, rows: [0x0, 0x0200_7422_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("request"), qualifier: false, pairs: &[] },
    Word { text: "run", key: 0x006e_7572, rows: [0x0, 0x0200_7422_0003_8247_e080, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("run"), qualifier: false, pairs: &[] },
    Word { text: "sess", key: 0x7373_6573, rows: [0x0, 0x7422_002b_c240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("session"), qualifier: false, pairs: &[] },
    Word { text: "session", key: 0x006e_6f69_7373_6573, rows: [0x0, 0x02a0_7427_1817_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("session"), qualifier: false, pairs: &[("run", "run"), ("thread", "thread")] },
    Word { text: "shared", key: 0x6465_7261_6873, rows: [0x0, 0x00a0_7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "span", key: 0x6e61_7073, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("span"), qualifier: false, pairs: &[] },
    Word { text: "staging", key: 0x0067_6e69_6761_7473, rows: [0x0, 0x7422_0003_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "start", key: 0x0074_7261_7473, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "stream", key: 0x6d61_6572_7473, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[] },
    Word { text: "sub", key: 0x0062_7573, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "switch", key: 0x6863_7469_7773, rows: [0x0, 0x7422_0003_8640_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "system", key: 0x6d65_7473_7973, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8248_0000, 0x0001_0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "temp", key: 0x706d_6574, rows: [0x0, 0x0010_7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "test", key: 0x7473_6574, rows: [0x0, 0x03a0_7422_000b_8240_0000, 0x0300_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("test"), qualifier: true, pairs: &[] },
    Word { text: "think", key: 0x006b_6e69_6874, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "thread", key: 0x6461_6572_6874, rows: [0x0, 0x00c0_7c22_2407_8240_1f80, 0x0080_7422_0003_8260_0000, 0x0420_0000_0200_0000], kind: Some("thread"), qualifier: false, pairs: &[] },
    Word { text: "timeout", key: 0x0074_756f_656d_6974, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "token", key: 0x006e_656b_6f74, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("token"), qualifier: false, pairs: &[] },
    Word { text: "tool", key: 0x6c6f_6f74, rows: [0x0, 0x0200_7422_0003_82c0_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("tool"), qualifier: false, pairs: &[] },
    Word { text: "trace", key: 0x0065_6361_7274, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("trace"), qualifier: false, pairs: &[] },
    Word { text: "transaction", key: 0xf80f_4f1e_a3ac_9f5a, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("transaction"), qualifier: false, pairs: &[] },
    Word { text: "ts", key: 0x7374, rows: [0x0, 0x7422_0013_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "tx", key: 0x7874, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: true, pairs: &[] },
    Word { text: "uid", key: 0x0064_6975, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("message"), qualifier: false, pairs: &[] },
    Word { text: "unknown", key: 0x006e_776f_6e6b_6e75, rows: [0x0, 0x7426_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "user", key: 0x7265_7375, rows: [0x0, 0x0100_7422_000b_8340_0000, 0x0100_7422_0003_8248_0000, 0x8420_0000_0200_0000], kind: Some("user"), qualifier: false, pairs: &[] },
    Word { text: "usr", key: 0x0072_7375, rows: [0x0, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("user"), qualifier: false, pairs: &[] },
    Word { text: "websocket", key: 0x0885_0f23_ddee_c81b, rows: [0x0, 0x0200_7426_0003_8240_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[("message", "message"), ("req", "request"), ("run", "run"), ("thread", "thread")] },
    Word { text: "wf", key: 0x6677, rows: [0x0, 0x7522_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: None, qualifier: false, pairs: &[] },
    Word { text: "ws", key: 0x7377, rows: [0x0, 0x02a0_7422_0003_ba40_0000, 0x0200_7422_0003_8240_0000, 0x0420_0000_0200_0000], kind: Some("websocket"), qualifier: false, pairs: &[("message", "message"), ("req", "request"), ("run", "run"), ("thread", "thread")] },
];

/// The size of the hash table of words.
pub(crate) const HEAD_SLOTS: usize = 1024;
/// A multiplier under which no two words collide.
pub(crate) const HEAD_MULTIPLIER: u64 = 0x6ea3_3c8b_114b_15f1;
/// What is left after the shift is a slot.
pub(crate) const HEAD_SHIFT: u32 = 54;
/// The word of each slot.
pub(crate) static HEADS: &[u8; HEAD_SLOTS] = b"\x17\x38\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x51\x00\x36\x00\x00\x43\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x4d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\
        \x00\x00\x05\x00\x00\x00\x00\x00\x1d\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x11\x00\x00\x55\x00\
        \x00\x58\x00\x00\x00\x00\x00\x00\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x47\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x64\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x57\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x26\x00\x00\x00\x00\x00\x33\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x34\x00\x00\x06\x00\x00\x00\x28\x00\x00\x41\x00\x00\x00\x00\x00\x13\x00\x00\x00\x00\x00\x00\x00\x00\x07\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x5c\x00\x00\x27\x00\x50\x00\x00\x0a\
        \x2b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x48\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2a\x00\x22\x39\x00\x00\x00\x00\x00\x3a\x00\x00\x00\x45\x00\x00\x00\x00\x00\x00\x00\x03\
        \x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x49\x00\x00\x00\x00\x00\x18\x00\x09\x00\x5d\x00\x00\x00\x5e\x00\x00\x00\x00\x00\x00\x00\
        \x65\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x52\x00\x00\x00\x00\x00\x59\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x16\x00\
        \x00\x00\x00\x00\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x5a\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x12\x15\x00\x00\x00\x00\x00\x00\x00\
        \x00\x1b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x25\x00\x00\x2f\x00\
        \x00\x61\x00\x37\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x53\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x5f\x00\x00\x00\x00\x00\x00\
        \x00\x46\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x42\x00\x00\x00\x00\x01\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x62\x00\x00\x00\x00\x00\x00\x00\x00\x35\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x44\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x4f\x00\x56\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x66\x00\x00\x00\x00\x00\x00\x00\x31\x00\x00\x00\x00\x4b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3b\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x3e\x00\x00\x00\x00\x00\x4e\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x5b\x00\x29\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2d\
        \x00\x00\x00\x00\x00\x4c\x00\x00\x00\x00\x63\x00\x00\x00\x00\x00\x54\x00\x00\x00\x00\x00\x00\x00\x00\x00\x23\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x4a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30\x00\x00\x00\x00\x00\x00\x00\x00\x3d\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x00\x00\x00\x00\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

/// The rows that another first word allows, by its class and what follows it.
pub(crate) static UNKNOWN_HEADS: [[u128; 4]; 6] = [[0x0200_0000_0000_007d, 0x0620_0000_0200_0000, 0x0660_0000_0200_0002, 0x0420_0000_0200_0000], [0x0200_0000_0000_0031, 0x7622_0003_8240_0000, 0x7622_0003_8240_0002, 0x0420_0000_0200_0000], [0x0200_0000_0000_0001, 0x0620_0000_0240_0000, 0x0620_0000_0240_0002, 0x0420_0000_0200_0000], [0x1, 0x7422_0003_8240_0000, 0x7422_0003_8240_0000, 0x0420_0000_0200_0000], [0x1, 0x7422_0002_0240_0000, 0x7422_0002_0240_0000, 0x0420_0000_0200_0000], [0x0, 0x0420_0000_0200_0000, 0x0420_0000_0200_0000, 0x0420_0000_0200_0000]];

/// The rows that a set of flags of the pass over the text allows.
pub(crate) static FLAG_ROWS: [u128; FLAGS] = [0x03df_fbfa_ff60_2000_007f, 0x02b3_f13b_a240_2003_9100, 0x0093_f73e_a2df_dc00_0a40, 0x00b3_f53f_a2db_8f87_7f00, 0x0083_f73a_a240_0078_0000, 0x00a3_f53b_a240_007b_1100, 0x0083_f73a_a2db_8478_0a00, 0x00a3_f53b_a2db_87ff_7f00, 0x0093_8120_0240_2000_0080, 0x00b3_8120_0240_2003_9180, 0x0093_8524_02d9_8c00_0a80, 0x00b3_8524_02d9_8f87_7f80, 0x0083_8520_0240_0078_0080, 0x00a3_8520_0240_007b_1180, 0x0083_8520_02d9_8478_0a80, 0x00a3_8520_02d9_87ff_7f80];

/// Sets of rows that a segment at the end allows.
pub(crate) static TAIL_SETS: [u128; 97] = [0x0033_8500_0000_0078_1080, 0x03b3_8718_0013_4478_14c0, 0x03b3_8718_0013_c478_16c0, 0x03bf_8718_0013_4478_14c0, 0x03bf_8758_0013_c478_16c0, 0x03bf_8718_0013_0478_14c0, 0x03bf_87b8_0013_8478_16c0, 0x03b3_8718_0013_0478_14c0, 0x03b3_a71b_ff5c_be7b_f7d0, 0x03b3_8718_0010_0478_1cc0, 0x00b3_c718_0000_8078_16c0, 0x00b3_8718_0000_0078_14c0, 0x00b3_bf18_0000_8078_16c2, 0x00b3_c71c_0080_03fc_14c0, 0x00b3_8718_0000_8078_16c0, 0x00b3_8718_0000_0078_1488, 0x00b3_a718_0020_8078_16ac, 0x00b3_8718_0000_8078_1688, 0x00b3_8718_0000_8078_1680, 0x00b3_8718_0000_0078_1480, 0x00f3_8718_0000_0078_1480, 0x00f3_8718_0000_8078_1681, 0x00b3_a718_0000_8078_16a0, 0x0, 0x00b3_8718_0012_0478_1480, 0x00b3_8718_0012_8478_1680, 0x00b3_8758_0012_8478_1680, 0x00b3_a71b_ff5c_be7b_f790, 0x00b3_8718_0010_0478_1c80, 0x00b3_bf18_0000_8078_1682, 0x00b3_a718_0020_8078_16a0, 0x00b3_871a_fc00_007b_f580, 0x00b3_9f18_0000_0078_1482, 0x00f3_8718_0000_0078_1481, 0x00b3_8518_0012_0478_1480, 0x00b3_8518_0010_0478_1480, 0x00b3_8518_0010_0478_1c80, 0x00b3_8518_0000_0078_1480, 0x00f3_8518_0000_0078_1480, 0x00f3_8518_0000_0078_1481, 0x0023_8500_0000_0078_1080, 0x00a3_8500_0000_0078_1080, 0x00b3_8504_0280_00fe_1080, 0x00b3_e713_fb82_88ff_f380, 0x00b3_ff53_fb82_88ff_f382, 0x00b3_e713_ff82_88ff_f380, 0x00b3_e793_f382_88fe_d380, 0x00b3_e713_f382_88fe_d380, 0x00b3_e7b1_0280_03fe_1180, 0x00b3_e711_0280_00fe_1180, 0x00b3_e711_02e0_20fe_1180, 0x00b3_e711_029d_56fe_1d80, 0x00b3_e711_0280_00fe_1080, 0x00b3_e71d_0280_00fe_1080, 0x00b3_ff1d_0280_00fe_1082, 0x00b3_e71d_0280_03fe_1080, 0x00b3_ff11_0280_00fe_1082, 0x00b3_e711_0280_03fe_1080, 0x00b3_e51d_0280_00fe_1080, 0x02b3_e51d_0280_00fe_1080, 0x03b3_e51d_0280_00fe_1080, 0x02f3_e51d_0280_00fe_1080, 0x00b3_e511_0280_00fe_1080, 0x00bb_e511_0280_00fe_1080, 0x00b7_e511_0280_00fe_1080, 0x00a3_8500_0280_00fc_1080, 0x0200_0000_0000_007d, 0x00b3_8524_02d9_24ff_9880, 0x00b3_e739_a2d9_27ff_1880, 0x00b3_e779_a2d9_27ff_1880, 0x00b3_ff39_a2d9_27ff_1882, 0x00b3_e7b9_a2d9_27ff_1880, 0x00b3_e739_a2d9_07ff_1880, 0x00b3_e739_a2db_8fff_7a80, 0x00b3_e739_a2d9_04ff_1880, 0x00b3_e73d_a2d9_24ff_9880, 0x03b3_e73d_a2d9_24ff_9880, 0x00b3_ff3d_a2d9_24ff_9882, 0x00b3_e73d_a2d9_26ff_9880, 0x00b3_e73d_a2d9_04ff_9880, 0x00b3_e739_a2d9_24ff_1880, 0x00b3_ff39_a2d9_24ff_1882, 0x00b3_e739_a2d9_26ff_1880, 0x00b3_e53d_a2d9_24ff_9880, 0x00b3_e5bf_a2d9_34ff_9d80, 0x03b3_e53f_a2f9_74ff_9880, 0x00b3_e53f_a2d9_24ff_9880, 0x00b3_e5bf_a2d9_24ff_9880, 0x00b3_e53f_fedd_34ff_9880, 0x00b3_e53f_a3d9_04ff_9880, 0x03b3_e53d_a2d9_04ff_9880, 0x00b3_e53f_a2d9_04ff_9880, 0x00b3_e53d_a2d9_04ff_9880, 0x00b3_e539_a2d9_24ff_1880, 0x00b3_e539_a2d9_04ff_1880, 0x00a3_8520_02d9_24fd_1880, 0x03df_e204_0000_0000_107d];

/// For the last segment, the one before, and the one before that: the set, by class and length; the last entry is for none.
pub(crate) static TAIL_ROWS: [&[u8; 247]; 3] = [b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x0f\x11\x0f\x11\x0f\x12\x13\x12\x14\x15\x14\x12\x13\x12\x13\
        \x16\x13\x13\x13\x13\x13\x13\x13\x13\x17\x18\x19\x18\x1a\x18\x19\x18\x1b\x1c\x12\x13\x1d\x13\x12\x13\x1e\x13\x12\x13\x12\x13\x12\
        \x13\x12\x14\x15\x14\x12\x13\x12\x13\x16\x13\x13\x13\x13\x13\x13\x13\x13\x17\x13\x13\x13\x13\x13\x13\x13\x1f\x13\x13\x13\x20\x13\
        \x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x14\x21\x14\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x13\x17\x22\x22\x22\x22\
        \x22\x22\x22\x23\x24\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x26\x27\x26\x25\x25\x25\x25\x25\x25\x25\x25\x25\
        \x25\x25\x25\x25\x17\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x26\x27\x26\
        \x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x25\x17\x28\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\
        \x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x29\x17", b"\x2a\x2b\x2b\x2b\x2c\x2d\x2e\x2f\x30\x31\x32\x31\x31\x33\x31\x31\x31\x31\x31\x31\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\
        \x34\x34\x34\x34\x34\x34\x34\x34\x34\x17\x35\x35\x35\x36\x35\x35\x35\x37\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\
        \x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x35\x17\x34\x34\x34\x38\x34\x34\x34\x39\x34\x34\x34\x34\x34\
        \x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x34\x17\x3a\x3b\x3b\x3c\
        \x3b\x3d\x3b\x3a\x3b\x3b\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\x3a\
        \x3a\x3a\x3a\x3a\x17\x3e\x3e\x3e\x3f\x40\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\
        \x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x3e\x17\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\
        \x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x41\x42", b"\x43\x44\x45\x44\x46\x44\x44\x44\x47\x48\x48\x48\x48\x49\x48\x48\x48\x48\x48\x48\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\
        \x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x17\x4b\x4b\x4c\x4d\x4b\x4b\x4b\x4e\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\
        \x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x4f\x17\x50\x50\x50\x51\x50\x50\x50\x52\x4a\x4a\x4a\x4a\x4a\
        \x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x4a\x17\x53\x53\x54\x55\
        \x56\x57\x58\x53\x59\x5a\x5b\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\x5c\
        \x5c\x5c\x5c\x5c\x17\x5d\x5d\x5d\x5d\x5d\x5d\x5d\x5d\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\
        \x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x5e\x17\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\
        \x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x5f\x60"];
