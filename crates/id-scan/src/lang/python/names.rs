//! What is looked for in Python: the modules whose functions make ids, and the literals that a file
//! with a finding cannot do without.
//!
//! `resolver.rs` finds what the modules name, `parts.rs` keeps of that what is built into an id,
//! `patterns.rs` finds what no import names.

use crate::config::Config;
use crate::lang::sql;
use crate::prefilter::{self, Check, Needle};
use crate::tracked::{Family, Functions, Module, Tracked};

/// The built-in functions, which no import binds.
pub(crate) const BUILTINS: &str = "builtins";

/// The module that holds the loaded modules, by their names.
pub(crate) const LOADED: &str = "sys";

/// A module, whether its names are so peculiar that they count unbound, its functions.
type Row = (&'static str, bool, &'static [(&'static str, Family)]);

/// The modules and their functions. `getnode` makes no id.
const MODULES: &[Row] = {
    use Family::{
        Deterministic, Digest, Fresh, Identity, Importer, Library, LibraryClass, Random, Time,
    };
    &[
        (
            "uuid",
            true,
            &[
                ("uuid1", Fresh),
                ("uuid3", Deterministic),
                ("uuid4", Fresh),
                ("uuid5", Deterministic),
                ("uuid6", Fresh),
                ("uuid7", Fresh),
                ("uuid8", Fresh),
            ],
        ),
        (
            "ulid",
            false,
            &[("ULID", LibraryClass), ("new", Library), ("ulid", Library), ("create", Library)],
        ),
        ("nanoid", false, &[("generate", Library), ("non_secure_generate", Library)]),
        ("shortuuid", false, &[("uuid", Library), ("random", Library), ("ShortUUID", Library)]),
        ("bson", false, &[("ObjectId", LibraryClass)]),
        ("bson.objectid", false, &[("ObjectId", LibraryClass)]),
        ("cuid", false, &[("cuid", Library), ("slug", Library)]),
        ("cuid2", false, &[("Cuid", Library), ("cuid_wrapper", Library)]),
        ("ksuid", false, &[("Ksuid", LibraryClass), ("KsuidMs", LibraryClass), ("ksuid", Library)]),
        ("svix_ksuid", false, &[("Ksuid", LibraryClass), ("KsuidMs", LibraryClass)]),
        ("xid", false, &[("Xid", LibraryClass), ("XID", LibraryClass)]),
        ("snowflake", false, &[("SnowflakeGenerator", Library), ("Snowflake", Library)]),
        ("sonyflake", false, &[("SonyFlake", Library), ("Sonyflake", Library)]),
        ("timeflake", false, &[("random", Library), ("from_values", Library)]),
        ("typeid", false, &[("TypeID", Library)]),
        ("uuid6", false, &[("uuid6", Library), ("uuid7", Library), ("uuid8", Library)]),
        ("uuid7", false, &[("uuid7", Library), ("create", Library)]),
        ("uuid_extensions", false, &[("uuid7", Library), ("uuid7str", Library)]),
        (
            "uuid_utils",
            false,
            &[
                ("uuid1", Library),
                ("uuid3", Library),
                ("uuid4", Library),
                ("uuid5", Library),
                ("uuid6", Library),
                ("uuid7", Library),
                ("uuid8", Library),
            ],
        ),
        ("uuid_utils.compat", false, &[("uuid4", Library), ("uuid7", Library)]),
        ("oslo_utils.uuidutils", false, &[("generate_uuid", Library)]),
        ("fastuuid", false, &[("uuid1", Library), ("uuid4", Library), ("uuid7", Library)]),
        (
            "time",
            false,
            &[
                ("time", Time),
                ("time_ns", Time),
                ("monotonic", Time),
                ("monotonic_ns", Time),
                ("perf_counter", Time),
                ("perf_counter_ns", Time),
                ("strftime", Time),
            ],
        ),
        ("datetime.datetime", false, &[("now", Time), ("utcnow", Time), ("today", Time)]),
        ("datetime.date", false, &[("today", Time)]),
        ("django.utils.timezone", false, &[("now", Time), ("localtime", Time)]),
        ("pendulum", false, &[("now", Time)]),
        ("arrow", false, &[("now", Time), ("utcnow", Time)]),
        (
            "random",
            false,
            &[
                ("random", Random),
                ("randint", Random),
                ("randrange", Random),
                ("choice", Random),
                ("choices", Random),
                ("sample", Random),
                ("getrandbits", Random),
                ("randbytes", Random),
            ],
        ),
        (
            "secrets",
            false,
            &[
                ("token_hex", Random),
                ("token_urlsafe", Random),
                ("token_bytes", Random),
                ("choice", Random),
                ("randbelow", Random),
                ("randbits", Random),
            ],
        ),
        ("os", false, &[("urandom", Random), ("getrandom", Random)]),
        (
            "hashlib",
            false,
            &[
                ("md5", Digest),
                ("sha1", Digest),
                ("sha224", Digest),
                ("sha256", Digest),
                ("sha384", Digest),
                ("sha512", Digest),
                ("blake2b", Digest),
                ("blake2s", Digest),
                ("sha3_256", Digest),
                ("new", Digest),
            ],
        ),
        (BUILTINS, true, &[("id", Identity), ("hash", Identity), ("__import__", Importer)]),
        ("importlib", false, &[("import_module", Importer)]),
        (LOADED, false, &[("modules", Importer)]),
    ]
};

/// The default table.
pub(crate) fn modules() -> Vec<Module> {
    let module = |(name, unbound, listed): &Row| {
        let listed = listed.iter().map(|(name, family)| ((*name).to_owned(), *family));
        let functions = Functions::Listed(listed.collect());
        Module { name: (*name).to_owned(), functions, unbound: *unbound }
    };
    MODULES.iter().map(module).collect()
}

/// What is tracked under a configuration: its table, its bans, its modules that are to go.
pub(crate) fn tracked(config: &Config) -> Tracked {
    let mut tracked = config.tracked.clone();
    tracked.ban(&config.bans);
    tracked.set_legacy(&config.legacy_modules);
    tracked
}

/// The literals that the prefilter looks for: those of the table, and those of `patterns.rs`.
pub(crate) fn needles(_config: &Config, tracked: &Tracked) -> Vec<Needle> {
    let mut needles = tracked.needles().to_vec();
    needles.extend(PATTERNS.iter().map(|&(text, check)| Needle::checked(text, check)));
    let parts = MODULES.iter().flat_map(|(_, _, listed)| *listed);
    let parts = parts.filter(|(_, family)| family.is_part() && *family != Family::Digest);
    needles.extend(parts.map(|(name, family)| {
        let identity = *family == Family::Identity;
        let check = if identity { prefilter::whole_part } else { prefilter::part };
        Needle { text: format!("{name}(").into(), check }
    }));
    needles.push(Needle::checked(" as ", renamed_part));
    needles.extend(sql::NEEDLES.iter().map(|&name| Needle::checked(name, sql::is_near)));
    needles
}

/// What is found without an import.
const PATTERNS: &[(&str, Check)] = &[
    ("= f\"", assigned_to_id),
    ("= f'", assigned_to_id),
    ("id=f\"", |_, _| true),
    ("id=f'", |_, _| true),
    ("Id=f\"", |_, _| true),
    ("Id=f'", |_, _| true),
    ("\": f\"", assigned_to_id),
    ("': f'", assigned_to_id),
    ("\": f'", assigned_to_id),
    ("': f\"", assigned_to_id),
    (":%Y%", prefilter::near_id),
    (":%Y-", prefilter::near_id),
    (":%m%", prefilter::near_id),
    (":%d%", prefilter::near_id),
    (":%H%", prefilter::near_id),
    (":%s}", prefilter::near_id),
    ("hexdigest(", digest_cut),
    ("digest(", digest_cut),
    ("strftime(", prefilter::part),
    ("timestamp(", prefilter::part),
    ("split(", method_of_id),
    ("rsplit(", method_of_id),
    ("partition(", method_of_id),
    ("rpartition(", method_of_id),
    ("startswith(", prefix_test),
    ("endswith(", method_of_id),
    ("removeprefix(", method_of_id),
    ("removesuffix(", method_of_id),
    ("RandomUUID(", |_, _| true),
    ("id in ", user_in_id),
    ("Id in ", user_in_id),
    ("id[:", cut_user),
    ("Id[:", cut_user),
];

/// Whether an import gives another name to a part of ids at ` as `: `from random import choices as
/// pick`. Only then is a part called by a name that is no needle.
pub(crate) fn renamed_part(text: &[u8], at: usize) -> bool {
    let name = text.get(prefilter::word_start(text, at)..at).unwrap_or_default();
    text.get(at..).is_some_and(|rest| rest.starts_with(b" as "))
        && MODULES.iter().flat_map(|(_, _, listed)| *listed).any(|(known, family)| {
            known.as_bytes() == name && matches!(family, Family::Time | Family::Random)
        })
}

/// Whether a string with fields that begins at `start` is given to an id: what the prefilter sees.
pub(crate) fn is_given_to_id(text: &[u8], start: usize) -> bool {
    let plain = matches!(text.get(start..), Some([b'f', b'"' | b'\'', ..]));
    let before = text.get(..start).unwrap_or_default();
    plain
        && match before {
            [.., b'=', b' '] | [.., b'"' | b'\'', b':', b' '] => assigned_to_id(text, start - 2),
            [.., b'i' | b'I', b'd', b'='] => true,
            _ => false,
        }
}

/// Whether an f-string that begins after a mark at `at` is given to something named like an id.
fn assigned_to_id(text: &[u8], at: usize) -> bool {
    // The mark is `=`, or the end of the key of a dictionary and its colon.
    let mut before = text.get(..at).unwrap_or_default();
    if let Some(quote @ (b'"' | b'\'')) = text.get(at) {
        before = text.get(..=at).unwrap_or_default();
        debug_assert!(before.ends_with(&[*quote]));
    }
    let before = before.trim_ascii_end();
    let key = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"));
    let key = key.or_else(|| {
        let subscript = before.strip_suffix(b"]")?;
        subscript.strip_suffix(b"\"").or_else(|| subscript.strip_suffix(b"'"))
    });
    let name = key.unwrap_or(before);
    if prefilter::ends_id_name(name) {
        return true;
    }
    // An annotation stands between: `run_id: str = f"..."`.
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.get(line..).unwrap_or_default();
    let colon = line.iter().position(|byte| *byte == b':');
    colon.is_some_and(|colon| prefilter::ends_id_name(line.get(..colon).unwrap_or_default()))
}

/// Whether the method at `at` is one of an id: `run_id.split(`, `str(run_id).split(`.
pub(crate) fn method_of_id(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(before) = before.strip_suffix(b".") else { return false };
    let key = before.strip_suffix(b"\"]").or_else(|| before.strip_suffix(b"']"));
    let before = key.or_else(|| before.strip_suffix(b")")).unwrap_or(before);
    prefilter::ends_id_name(before)
}

/// Whether a piece is cut from the digest that is taken at `at`, for an id.
pub(crate) fn digest_cut(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| prefilter::is_word(**byte)).count();
    rest.get(name..).is_some_and(|rest| rest.starts_with(b"()[")) && prefilter::near_id(text, at)
}

/// Whether `startswith(` is asked of an id, or with a user id.
pub(crate) fn prefix_test(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + "startswith(".len()..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| prefilter::is_word(**byte) || **byte == b'.').count();
    method_of_id(text, at) || prefilter::ends_id_name(rest.get(..name).unwrap_or_default())
}

/// Whether the name that is cut is one of a user.
fn cut_user(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let head = before.iter().rev().take_while(|byte| prefilter::is_word(**byte)).count();
    let name = before.get(at - head..).unwrap_or_default();
    name.to_ascii_lowercase().windows(4).any(|word| word == b"user")
}

/// Whether a user id at `at` is looked for in another id: `user_id in run_id`.
pub(crate) fn user_in_id(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + "id in ".len()..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| prefilter::is_word(**byte) || **byte == b'.').count();
    let name = rest.get(..name).unwrap_or_default();
    cut_user(text, at)
        && prefilter::ends_id_word(text, at + 2)
        && prefilter::ends_id_word(name, name.len())
}
