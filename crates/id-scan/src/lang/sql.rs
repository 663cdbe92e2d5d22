//! The functions with which databases make ids, wherever SQL stands: in files, and in the strings of
//! every other language.
//!
//! `find` reads a text as SQL far enough to know a call: a name, brackets, no letters before.


/// The functions, in any case.
pub(crate) const FUNCTIONS: &[&str] = &[
    "gen_random_uuid",
    "GEN_RANDOM_UUID",
    "uuid_generate_v",
    "UUID_GENERATE_V",
    "generateUUIDv",
    "NEWID()",
    "newid()",
    "NEWSEQUENTIALID",
    "newsequentialid",
    "uuidv7()",
    "uuidv4()",
    "UUIDV7()",
    "UUIDV4()",
    "RandomUUID",
    "RANDOM_UUID",
    "random_uuid",
    "SYS_GUID",
    "sys_guid",
    "GENERATE_UUID",
    "UUID_STRING",
    "randomblob(",
    "RANDOMBLOB(",
    "UUID()",
];
