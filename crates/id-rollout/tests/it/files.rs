//! Reading and writing the file of the flags.

use std::ffi::OsString;
use std::sync::Barrier;

use id_rollout::{Flag, Flags, Origin, Sources, Value};
use proptest::prelude::*;
use unified_id::LegacyRunFormat;

use crate::{Folder, read, write};

#[test]
fn environment_goes_before_file_and_file_before_defaults() {
    let folder = Folder::new();
    write(
        &folder.file(),
        "enable_unified_id_generation = true\nrollout_percent = 10\n[server]\nport = 1\n",
    );
    let loaded = folder.sources().load().unwrap();
    assert!(loaded.flags.enable_unified_id_generation);
    assert_eq!(loaded.flags.rollout_percent, 10);
    assert_eq!(loaded.origin(Flag::RolloutPercent), Origin::File);
    assert_eq!(loaded.origin(Flag::LegacyRunFormat), Origin::Default);

    let variables = [
        ("UNIFIED_ID_CONFIG", folder.file().into_os_string()),
        ("UNIFIED_ID_ROLLOUT_PERCENT", "50".into()),
        ("UNIFIED_ID_LEGACY_RUN_FORMAT", "ts5".into()),
        ("UNIFIED_ID_ENABLE_LEGACY_ID_COMPATIBILITY", OsString::new()),
        ("UNIFIED_ID_SOMETHING_ELSE", "x".into()),
    ];
    let sources = Sources::of(variables.map(|(name, value)| (name.into(), value))).unwrap();
    let loaded = sources.load().unwrap();
    assert_eq!(
        (loaded.flags.rollout_percent, loaded.flags.legacy_run_format),
        (50, LegacyRunFormat::Ts5)
    );
    assert!(
        loaded.flags.enable_unified_id_generation && loaded.flags.enable_legacy_id_compatibility
    );
    assert_eq!(loaded.origin(Flag::RolloutPercent), Origin::Environment);
    assert_eq!(loaded.origin(Flag::EnableLegacyIdCompatibility), Origin::Default);
    assert_eq!(sources.from_environment(Flag::RolloutPercent), Some(Value::Percent(50)));
}

#[test]
fn without_a_file_and_without_variables_there_are_the_defaults() {
    let folder = Folder::new();
    assert_eq!(folder.sources().load().unwrap().flags, Flags::default());
    write(&folder.file(), "\u{feff}# nothing yet\n");
    assert_eq!(folder.sources().load().unwrap().flags, Flags::default());
    write(&folder.file(), "[flags]\nrollout_percent = 7\n");
    assert_eq!(folder.sources().load().unwrap().flags.rollout_percent, 7);
}

#[test]
fn setting_changes_one_value_and_keeps_everything_else() {
    let folder = Folder::new();
    let sources = folder.sources();
    let check = |before: &str, flag, value: &str, after: &str| {
        write(&folder.file(), before);
        sources.set(flag, value).unwrap();
        assert_eq!(read(&folder.file()), after);
    };
    check(
        "# ours\nrollout_percent   =  10   # careful\n\n[server] # theirs\nport = 1\n",
        Flag::RolloutPercent,
        "50",
        "# ours\nrollout_percent   =  50   # careful\n\n[server] # theirs\nport = 1\n",
    );
    check(
        "[server]\nport = 1\n",
        Flag::EnableUnifiedIdGeneration,
        "on",
        "enable_unified_id_generation = true\n[server]\nport = 1\n",
    );
    check(
        "[flags]\n# few\nrollout_percent = 1\n",
        Flag::RolloutPercent,
        "2",
        "[flags]\n# few\nrollout_percent = 2\n",
    );
    check("[flags]\n", Flag::LegacyRunFormat, "ts5", "[flags]\nlegacy_run_format = \"ts5\"\n");
    check("", Flag::LegacyRunFormat, "idmanager", "legacy_run_format = \"idmanager\"\n");
    check(
        "\u{feff}rollout_percent = 1\r\n",
        Flag::RolloutPercent,
        "2",
        "\u{feff}rollout_percent = 2\r\n",
    );
    std::fs::remove_file(folder.file()).unwrap();
    sources.set(Flag::RolloutPercent, "3").unwrap();
    assert_eq!(read(&folder.file()), "rollout_percent = 3\n");
}

#[test]
fn what_cannot_be_read_is_not_written_over() {
    let folder = Folder::new();
    for bad in ["rollout_percent = = 1", "rollout_percents = 1", "rollout_percent = 1000"] {
        write(&folder.file(), bad);
        assert!(folder.sources().set(Flag::RolloutPercent, "1").is_err(), "{bad}");
        assert_eq!(read(&folder.file()), bad);
    }
}

#[test]
fn two_who_write_at_the_same_time_lose_nothing() {
    let folder = Folder::new();
    let flags = [
        (Flag::RolloutPercent, "42"),
        (Flag::EnableUnifiedIdGeneration, "true"),
        (Flag::LegacyRunFormat, "ts5"),
        (Flag::EnableIdValidationStrictMode, "true"),
    ];
    let barrier = Barrier::new(flags.len());
    std::thread::scope(|scope| {
        for (flag, value) in flags {
            let (sources, barrier) = (folder.sources(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                for _ in 0..10 {
                    sources.set(flag, value).unwrap();
                }
            });
        }
    });
    let loaded = folder.sources().load().unwrap();
    for (flag, value) in flags {
        assert_eq!(loaded.flags.value(flag).to_string(), value);
    }
    let names: Vec<_> = std::fs::read_dir(folder.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "only the file and its lock stay: {names:?}");
}

#[cfg(unix)]
#[test]
fn links_and_modes_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = Folder::new();
    let real = folder.0.path().join("real.toml");
    write(&real, "rollout_percent = 1\n");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, folder.file()).unwrap();
    folder.sources().set(Flag::RolloutPercent, "2").unwrap();
    assert!(folder.file().is_symlink());
    assert_eq!(read(&real), "rollout_percent = 2\n");
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

proptest! {
    #[test]
    fn props_any_bytes_give_flags_or_an_error(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = Folder::new();
        write(&folder.file(), "");
        std::io::Write::write_all(&mut std::fs::File::create(folder.file()).unwrap(), &text).unwrap();
        let before = folder.sources().load();
        let set = folder.sources().set(Flag::RolloutPercent, "7");
        // What is empty says nothing, but nothing is lost by writing over it.
        let is_empty = text.trim_ascii().is_empty();
        prop_assert_eq!(before.is_ok() || is_empty, set.is_ok());
        if set.is_ok() {
            prop_assert_eq!(folder.sources().load().unwrap().flags.rollout_percent, 7);
        } else {
            prop_assert_eq!(std::fs::read(folder.file()).unwrap(), text);
        }
    }

    #[test]
    fn props_what_is_set_is_read(values in prop::collection::vec((0_u8..=100, any::<bool>(), 0_usize..3), 1..8)) {
        let folder = Folder::new();
        for (percent, on, format) in values {
            let format = ["idmanager", "canonical", "ts5"][format];
            let sources = folder.sources();
            sources.set(Flag::RolloutPercent, &percent.to_string()).unwrap();
            sources.set(Flag::EnableUnifiedIdGeneration, &on.to_string()).unwrap();
            sources.set(Flag::LegacyRunFormat, format).unwrap();
            let flags = sources.load().unwrap().flags;
            prop_assert_eq!((flags.rollout_percent, flags.enable_unified_id_generation), (percent, on));
            prop_assert_eq!(flags.legacy_run_format.to_string(), format);
        }
    }
}
