// Made by `cargo xtask docs` from src/legacy/legacy_formats.toml; do not edit.
export const TABLE = {
  "atoms": {
    "alnum": "[A-Za-z0-9]+",
    "ascii": "[A-Za-z0-9][A-Za-z0-9_-]*",
    "b36": "[0-9a-z]{1,9}",
    "b36x7": "[0-9a-z]{1,7}",
    "b36x9": "[0-9a-z]{9}",
    "ctr": "[1-9][0-9]{0,6}",
    "ctr0": "0|[1-9][0-9]{0,6}",
    "d1-19": "[0-9]{1,19}",
    "d1-4": "[0-9]{1,4}",
    "d1-9": "[0-9]{1,9}",
    "d13": "[0-9]{13}",
    "d15-21": "[0-9]{15,21}",
    "d3-6": "[0-9]{3,6}",
    "dash": "[A-Za-z][A-Za-z0-9_-]*?",
    "dec14": "0|[1-9][0-9]{0,13}",
    "entity": "[A-Za-z0-9][A-Za-z0-9_:@.-]{0,199}",
    "first8": ".{1,8}",
    "hex": "[0-9a-f]{8}|[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32}",
    "hex16": "[0-9a-f]{16}",
    "hex32": "[0-9a-f]{32}",
    "hex4": "[0-9a-f]{4}",
    "hex8": "[0-9a-f]{8}",
    "hex8i": "[0-9A-Fa-f]{8}",
    "hexeven": "([0-9a-f]{2}){1,16}",
    "hexrun": "[0-9A-Fa-f]+([_-][0-9A-Fa-f]+)*",
    "lower": "[a-z]+",
    "micro": "20[0-9]{6}_[0-9]{6}(_[0-9]{6})?",
    "minute": "20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{4}-",
    "ms": "1[0-9]{12}",
    "n5": "0|[1-9][0-9]{0,4}",
    "n5full": "[1-9][0-9]{4}",
    "name": "[A-Za-z0-9]+(_[A-Za-z0-9]+|[.@-]+[A-Za-z0-9]+)*",
    "near": "[0-9A-Za-z]{25,27}",
    "open": "[a-z][a-z0-9]*([_-].*)?",
    "opname": "[a-z][a-z_]*",
    "prefix": "(L|[a-z][a-z0-9]*)([_-][A-Za-z0-9]+)*",
    "sec": "1[0-9]{9}",
    "short": ".+?",
    "stamp": "20[0-9]{6}-[0-9]{6}",
    "task": "[A-Za-z0-9][A-Za-z0-9_.-]*",
    "text": ".+",
    "thread": "[^_].*",
    "ulid": "[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}",
    "uuid": "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
    "wordch": "[A-Za-z0-9_]+",
    "words": "[A-Za-z0-9]+([_-][A-Za-z0-9]+)*",
    "zero16": "0{16}"
  },
  "composed": {
    "canon": "thread_{thread}_run_{d1-19}_{hex8i}",
    "inner": "(thread_{thread}_run_{d1-19}|run_{thread}_{n5})_{hex8i}"
  },
  "dialects": {
    "Canonical0903": [
      "netra_run_idmanager"
    ],
    "IdManager": [
      "netra_run_idmanager"
    ],
    "Ts5": [
      "netra_run_ts5",
      "netra_thread_session_ts5"
    ],
    "Uig": [
      "uig_base",
      "netra_ctx_run",
      "netra_ctx_run_base"
    ]
  },
  "format": [
    {
      "example": "01k5fz3t8v6y2n4m7q9r0s1t2w",
      "name": "ulid",
      "pattern": "{ulid:ulid}"
    },
    {
      "example": "5e3cb4fc-741b-4187-8faf-c85e47af437d",
      "name": "uuid",
      "pattern": "{uuid:uuid}"
    },
    {
      "example": "0000000000000000",
      "name": "ulid_fallback_zero16",
      "pattern": "{zero16}"
    },
    {
      "example": "184353963786069567532",
      "kind": "user",
      "name": "oauth_numeric",
      "pattern": "{U:d15-21}",
      "user": "{U}"
    },
    {
      "example": "c2dfdcb5",
      "kind": "job",
      "name": "hex_bare",
      "pattern": "{hex8}"
    },
    {
      "example": "1f0fec78fe19d419",
      "name": "hex_bare",
      "pattern": "({hex16}|{hex32})"
    },
    {
      "example": "72308732922",
      "kind": "object",
      "name": "dhara_oid",
      "pattern": "{dec14}"
    },
    {
      "example": "thread__run_1693430400000_a1b2c3d4",
      "pattern": "(run|thread)__[{text}]",
      "refuse": "empty thread"
    },
    {
      "example": "thread_user123_run_1693430400000_a1b2c3d4",
      "kind": "run",
      "name": "netra_run_canonical",
      "pattern": "thread_{T:thread}_run_({ms:d13}|{d1-19})_{hex8i}",
      "thread": "{T}"
    },
    {
      "example": "thread_user5158_user7770_websocket_session_1767256341226_22_54c1566a",
      "kind": "thread",
      "name": "uig_base",
      "pattern": "thread_{text}_{ms:ms}_{ctr}_{hexeven}"
    },
    {
      "example": "thread_x_run_1693430400000_a1b2c3d4e",
      "pattern": "thread_[{text}_]run_{ms}_{alnum}",
      "refuse": "run id with a broken end"
    },
    {
      "example": "thread_team_1755104987429_1755104987429_ruux673ss",
      "kind": "operation",
      "name": "fe_thread_op",
      "pattern": "thread_{T:thread}_{ms:ms}_{b36x9}",
      "thread": "{T}"
    },
    {
      "example": "thread_x_run_garbage",
      "pattern": "thread_[{text}_]run[_{text}]",
      "refuse": "run id with a broken end"
    },
    {
      "example": "run_beta_1762570022781_22781_ab12cd34",
      "group": "run",
      "kind": "run",
      "name": "netra_run_ts5",
      "pattern": "run_{T:thread}_{n:n5}_{hex8i}",
      "thread": "{T}",
      "when": [
        "same_ms"
      ]
    },
    {
      "example": "run_session_1785289060876_25_46cd53ca",
      "group": "run",
      "kind": "run",
      "name": "uig_base",
      "pattern": "run_[{text}_]{ms:ms}_{ctr}_{hex8i}"
    },
    {
      "example": "run_websocket_factory_2_5c95c6ff",
      "group": "run",
      "kind": "run",
      "name": "netra_ctx_run",
      "pattern": "run_{X:@op}_{c:ctr}_{h:hex8i}",
      "thread": "thread_{X}_{c}_{h}"
    },
    {
      "example": "run_user_session_67890_ef123456",
      "group": "run",
      "kind": "run",
      "name": "netra_run_ts5",
      "pattern": "run_{T:thread}_{n:n5}_{hex8i}",
      "thread": "{T}",
      "when": [
        "five_digits",
        "generated",
        "not_ascii"
      ]
    },
    {
      "example": "run_user123_a1b2c3d4",
      "group": "run",
      "kind": "run",
      "name": "netra_run_idmanager",
      "pattern": "run_{T:ascii}_{hex8i}",
      "thread": "{T}"
    },
    {
      "example": "run_user_506_1775138753638",
      "kind": "run",
      "name": "netra_run_user_ms",
      "pattern": "run_{U:text}_{ms:ms}",
      "user": "{U}"
    },
    {
      "example": "user-1761256444203-181-udbw7gp71-ops9756",
      "kind": "message",
      "name": "fe_dash_uid",
      "pattern": "(user|assistant|system)[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{T:text}]]",
      "thread": "{T}"
    },
    {
      "example": "agent-data-1778176269605-47-uizq3plt9-ops9756",
      "kind": "agent",
      "name": "fe_dash_uid",
      "pattern": "agent[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{T:text}]]",
      "thread": "{T}"
    },
    {
      "example": "thread-1764502350247-40-uha3qcbjd-billing-ops82",
      "kind": "thread",
      "name": "fe_dash_uid",
      "pattern": "thread[-{dash}]-{ms:ms}-{ctr}[-{b36}[-{U:text}]]",
      "user": "{U}"
    },
    {
      "example": "temp-msg-1763179061169-652-fnw3be54o",
      "kind": "@p",
      "name": "fe_dash_uid",
      "pattern": "{p:dash}-{ms:ms}-{ctr}[-{b36}[-{text}]]"
    },
    {
      "example": "tool_exec_thread_beta_00_run_1766550889176_1ea23b08_search_1766550889176",
      "kind": "event",
      "name": "netra_composite",
      "pattern": "{@event}_{R:inner}_{text}_{ms:ms}",
      "thread": "@R"
    },
    {
      "example": "user_engine_user_12_thread_beta_run_1766550889176_1ea23b08_1766550889176",
      "kind": "execution",
      "name": "netra_composite",
      "pattern": "user_engine_{U:short}_{R:canon}_{ms:ms}",
      "thread": "@R",
      "user": "{U}"
    },
    {
      "example": "triage_thread_beta_run_1766550889176_1ea23b08_1766550889190_7a831e63",
      "kind": "execution",
      "name": "netra_composite",
      "pattern": "{short}_{R:canon}_{ms:ms}[_{hex8}]",
      "thread": "@R"
    },
    {
      "example": "switch_4c79bd37946c18d1_1766840893970_jh1y1xnmc",
      "kind": "operation",
      "name": "fe_thread_op",
      "pattern": "{@thread_op}_(new|{T:thread})_{ms:ms}_{b36}",
      "thread": "{T}"
    },
    {
      "example": "ws_client_billing__1772989543220_389_86d9b844",
      "kind": "websocket",
      "name": "uig_ws",
      "pattern": "ws_(conn|client)_{U:first8}_{ms:ms}_{ctr}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "ws_prod_1778297463223_773323da",
      "kind": "websocket",
      "name": "ws_env",
      "pattern": "ws_(dev|staging|prod)_{ms:ms}_{hex8}"
    },
    {
      "example": "ws_dev-temp_1770059984_3a456dce",
      "kind": "websocket",
      "name": "ws_user_sec",
      "pattern": "ws_{U:first8}_{sec:sec}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "sess_1756152290611_5343",
      "kind": "session",
      "name": "db_session",
      "pattern": "[coord_]sess_{ms:ms}_{d1-4}"
    },
    {
      "example": "msg_user_a6d2fa5d_thread50_1780456210034_562_0b9b9ca8",
      "kind": "@p",
      "name": "uig_base",
      "pattern": "{p:open}_{ms:ms}_{ctr}_{hexeven}"
    },
    {
      "example": "trace_1766120059100_804",
      "kind": "@p",
      "name": "uig_base_norandom",
      "pattern": "{p:open}_{ms:ms}_{ctr}"
    },
    {
      "example": "evt_1770549094230_78_9zzl4ux",
      "kind": "@p",
      "name": "fe_lib_uid",
      "pattern": "{p:prefix}_{ms:ms}_{ctr0}_{b36x7}"
    },
    {
      "example": "session_1787238857199_7b00e42e",
      "kind": "thread",
      "name": "netra_thread_session_ms",
      "pattern": "[thread_]session_{ms:ms}_{hex8}"
    },
    {
      "example": "conn_alpha_61705328_1781508507021_0dd50eb8",
      "kind": "@p",
      "name": "netra_prefix_ms_hex8",
      "pattern": "{p:@prefix_ms}[_{U:text}]_{ms:ms}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "msg_staging-e2e-user-187_1761094277151_ue5li71i3",
      "kind": "@p",
      "name": "fe_prefix_ms_b36",
      "pattern": "{p:@fe_prefix}[_{U:text}]_{ms:ms}_{b36}",
      "user": "{U}"
    },
    {
      "example": "sess_1780385019_e9a2c81eb6224532",
      "kind": "session",
      "name": "sess_sec_hex16",
      "pattern": "sess_{sec:sec}_{hex16}"
    },
    {
      "example": "conn_user7761_1763127884_da8e2821",
      "kind": "websocket",
      "name": "conn_user_sec_hex8",
      "pattern": "conn_{U:text}_{sec:sec}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "conn_user103_1773112597301",
      "kind": "websocket",
      "name": "conn_user_ms",
      "pattern": "conn_{U:text}_{ms:ms}",
      "user": "{U}"
    },
    {
      "example": "conn_websocket_7_9a7a6fb9",
      "kind": "websocket",
      "name": "uim_struct",
      "pattern": "conn_websocket_{ctr}_{hex8}"
    },
    {
      "example": "conn_user1402_90abf39c",
      "kind": "websocket",
      "name": "conn_user_hex8",
      "pattern": "conn_{U:text}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "thread_session_26543_7f4ddc85",
      "kind": "thread",
      "name": "netra_thread_session_ts5",
      "pattern": "thread_session_{n5full}_{hex8i}"
    },
    {
      "example": "session_64626_7c1574b5",
      "group": "session",
      "kind": "thread",
      "name": "netra_thread_session_ts5",
      "pattern": "session_{n:n5}_{hex8i}",
      "when": [
        "five_digits"
      ]
    },
    {
      "example": "session_2218_14fe33b9",
      "group": "session",
      "kind": "session",
      "name": "uim_struct",
      "pattern": "session_{ctr0}_{hex8i}"
    },
    {
      "example": "thread_websocket_session_10_2449b957",
      "kind": "thread",
      "name": "netra_ctx_thread",
      "pattern": "thread_{words}_{ctr}_{hex8i}"
    },
    {
      "example": "req_request_20022_5d35cfba",
      "kind": "request",
      "name": "uim_struct",
      "pattern": "req_request_{ctr}_{hex8i}"
    },
    {
      "example": "req_websocket_factory_109_67e5fcaf",
      "kind": "request",
      "name": "netra_ctx_req",
      "pattern": "req_{words}_{ctr}_{hex8i}"
    },
    {
      "example": "session_run_user_506_9f51eefb",
      "kind": "run",
      "name": "prefixed_hex",
      "pattern": "(session|register)_run_{U:words}_{hex8}",
      "user": "{U}"
    },
    {
      "example": "temp_user_user_40_38046ef2",
      "kind": "@p",
      "name": "uim_struct",
      "pattern": "[{prefix}_]{p:@type}_{ctr}_{hex8i}"
    },
    {
      "example": "websocket_factory_1757372478799",
      "group": "base",
      "kind": "run",
      "name": "netra_ctx_run_base",
      "pattern": "{X:@op}_{ms:ms}",
      "thread": "thread_{X}_{ms}",
      "thread_is_prefix": true
    },
    {
      "example": "defensive_auth_user_858_prelim_4e16f607",
      "kind": "request",
      "name": "defensive_auth",
      "pattern": "defensive_auth_{U:words}_{lower}_{alnum}",
      "user": "{U}"
    },
    {
      "example": "defensive_auth_105945141827451681156_prelim",
      "kind": "request",
      "name": "defensive_auth",
      "pattern": "defensive_auth_{U:words}_{alnum}",
      "user": "{U}"
    },
    {
      "example": "thread-pool-20260327-092520",
      "kind": "session",
      "name": "session_buddy",
      "pattern": "{text}-{date:stamp}"
    },
    {
      "example": "2026-01-14-0002-9d7d",
      "kind": "run",
      "name": "crackerjack_run",
      "pattern": "{date:minute}{hex4}"
    },
    {
      "example": "backup_20250916_015632_742000",
      "kind": "@p",
      "name": "prefixed_date",
      "pattern": "{p:@date_prefix}_{date:micro}"
    },
    {
      "example": "wf_368c27cf_nightly-sync",
      "kind": "workflow",
      "name": "mahavishnu_wf",
      "pattern": "wf_[timeout_|error_]{hex8}_{task}"
    },
    {
      "example": "550e8400-e29b-41d4-a716",
      "pattern": "{hexrun}",
      "refuse": "only hex groups"
    },
    {
      "example": "system_req_1757361274921_92_813a54c5_7d8490dc",
      "pattern": "{text}(_|-){ms}(_|-){text}",
      "refuse": "a time in the middle and no known end"
    },
    {
      "example": "thread_creation_0492b716-e3ff-4933-855b-05e707960b44",
      "kind": "operation",
      "name": "prefixed_uuid",
      "pattern": "thread_creation_{uuid:uuid}"
    },
    {
      "example": "demo-thread-f19ffcae-e31b-4012-a2f6-543e1538597f",
      "kind": "@p",
      "name": "prefixed_uuid",
      "pattern": "{p:prefix}(_|-){uuid:uuid}"
    },
    {
      "example": "req_9efe5ca1696f",
      "guard": "not_a_date",
      "kind": "@p",
      "name": "prefixed_hex",
      "pattern": "{p:prefix}(_|-){h:hex}"
    },
    {
      "example": "tx_run_1758416550",
      "group": "base",
      "kind": "@p",
      "name": "prefixed_time",
      "pattern": "{p:prefix}(_|-)({ms:ms}|{sec:sec})"
    },
    {
      "example": "user:admin",
      "kind": "user",
      "name": "akosha_entity",
      "pattern": "user:{U:entity}",
      "user": "{U}"
    },
    {
      "example": "system:session-buddy",
      "kind": "system",
      "name": "akosha_entity",
      "pattern": "system:{entity}"
    },
    {
      "example": "project:my_app.v2",
      "kind": "project",
      "name": "akosha_entity",
      "pattern": "project:{entity}"
    },
    {
      "example": "ISSUE-1170",
      "kind": "issue",
      "name": "mahavishnu_seq",
      "pattern": "ISSUE-{d3-6}"
    },
    {
      "example": "TODO-1349",
      "kind": "todo",
      "name": "mahavishnu_seq",
      "pattern": "TODO-{d3-6}"
    },
    {
      "example": "awaiting_auth_86cd",
      "kind": "user",
      "name": "temp_auth",
      "pattern": "(pending_auth|temp_auth_{wordch}|awaiting_auth[_{wordch}])"
    },
    {
      "example": "ws_thread_run",
      "pattern": "{@thread_qualifier}_thread_[{text}_]run[_{text}]",
      "refuse": "run id with a broken end"
    },
    {
      "example": "thread_01m7wqt1fbff4sq3bgc5bhn9eo",
      "pattern": "thread_{near}",
      "refuse": "almost a new id"
    },
    {
      "example": "ws_thread_staging-e2e-user-187",
      "kind": "thread",
      "name": "netra_thread_named",
      "pattern": "[{@thread_qualifier}_]thread(_|-){name}"
    },
    {
      "example": "test-user-17",
      "kind": "user",
      "name": "netra_simple_numbered",
      "pattern": "[{@simple_qualifier}(_|-)]user(_|-){d1-9}",
      "user": "{id}"
    },
    {
      "example": "test-connection-12",
      "kind": "@p",
      "name": "netra_simple_numbered",
      "pattern": "[{@simple_qualifier}(_|-)]{p:@simple_noun}(_|-){d1-9}"
    }
  ],
  "generated": {
    "letter_patterns": [
      "{text}_{hex8}",
      "{text}_{hex16}",
      "{text}_{uuid}"
    ],
    "patterns": [
      "{ulid}",
      "[thread_]{hex16}",
      "thread_{hex8}",
      "[thread_|demo-thread-]{uuid}",
      "[thread_]session_({ms}|{n5})_{hex8i}",
      "thread_[{opname}_]{ctr}_{hex8i}",
      "thread_{text}_{ms}_{ctr}_{hex8}"
    ]
  },
  "input": {
    "max_bytes": 512,
    "refuse_categories": [
      "Cc",
      "Cf",
      "Cs",
      "Co",
      "Cn",
      "Zl",
      "Zp"
    ],
    "refuse_characters": "'\"<>;\\`${}|^&*?!()[]%,=",
    "refuse_substrings": [
      ".."
    ]
  },
  "kind_words": {
    "agent": "agent",
    "alert": "alert",
    "audit": "audit",
    "backup": "backup",
    "batch": "batch",
    "client": "websocket",
    "conn": "websocket",
    "connection": "websocket",
    "context": "context",
    "corpus": "corpus",
    "corr": "correlation",
    "correlation": "correlation",
    "ctx": "context",
    "error": "error",
    "event": "event",
    "evt": "event",
    "exec": "execution",
    "execution": "execution",
    "flow": "flow",
    "job": "job",
    "jti": "token",
    "llm_heartbeat": "correlation",
    "message": "message",
    "metric": "metric",
    "msg": "message",
    "nonce": "token",
    "query": "run",
    "req": "request",
    "request": "request",
    "run": "run",
    "sess": "session",
    "session": "session",
    "session_run": "run",
    "session_thread": "thread",
    "span": "span",
    "stream": "websocket",
    "test": "test",
    "thread": "thread",
    "token": "token",
    "tool": "tool",
    "trace": "trace",
    "transaction": "transaction",
    "uid": "message",
    "user": "user",
    "usr": "user",
    "websocket": "websocket",
    "websocket_message": "message",
    "websocket_req": "request",
    "websocket_run": "run",
    "websocket_thread": "thread",
    "ws": "websocket",
    "ws_message": "message",
    "ws_req": "request",
    "ws_run": "run",
    "ws_thread": "thread"
  },
  "lists": {
    "date_prefix": [
      "backup",
      "mig"
    ],
    "event": [
      "tool_exec",
      "tool_comp",
      "agent_start",
      "agent_think",
      "progress",
      "custom"
    ],
    "fe_prefix": [
      "msg",
      "att",
      "entity",
      "ts",
      "error",
      "session",
      "conn",
      "attempt",
      "temp",
      "opt",
      "anim",
      "sub"
    ],
    "kind_qualifier": [
      "auth",
      "concurrent",
      "coord",
      "demo",
      "e2e",
      "emergency",
      "interface",
      "isolated",
      "legacy",
      "mock",
      "prod",
      "register",
      "relaxed",
      "shared",
      "staging",
      "temp",
      "test",
      "tx"
    ],
    "op": [
      "context",
      "session",
      "agent_execution",
      "chat",
      "websocket_factory",
      "websocket_manager",
      "websocket_session",
      "websocket_operation",
      "compatibility",
      "operation",
      "websocket",
      "execute",
      "unknown",
      "normalization",
      "agent_execution_*",
      "websocket_*",
      "context_*"
    ],
    "prefix_ms": [
      "conn",
      "sess",
      "req",
      "audit",
      "user",
      "test"
    ],
    "simple_noun": [
      "session",
      "connection",
      "conn",
      "request",
      "req",
      "message",
      "msg",
      "agent",
      "execution",
      "run",
      "client",
      "websocket",
      "ws",
      "tool"
    ],
    "simple_qualifier": [
      "test",
      "mock",
      "concurrent",
      "demo",
      "e2e",
      "staging-e2e",
      "prod-e2e"
    ],
    "thread_op": [
      "create",
      "switch",
      "load",
      "delete",
      "cleanup"
    ],
    "thread_qualifier": [
      "ws",
      "session",
      "test",
      "legacy",
      "isolated",
      "demo",
      "shared"
    ],
    "type": [
      "user",
      "session",
      "request",
      "agent",
      "tool",
      "transaction",
      "websocket",
      "execution",
      "trace",
      "metric",
      "thread",
      "run"
    ]
  },
  "roles": {
    "counter": [
      "ctr",
      "ctr0"
    ],
    "random": [
      "hex4",
      "hex8",
      "hex8i",
      "hex16",
      "hex32",
      "hex",
      "hexeven",
      "b36",
      "b36x7",
      "b36x9"
    ]
  },
  "version": 1
} as const;
