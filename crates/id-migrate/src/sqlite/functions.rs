//! Ids in SQL for SQLite, which has no stored functions: each is an expression over a column or a parameter.
//!
//! They are plain SQL of every SQLite since 3.31, so they can stand in queries, views, triggers and generated columns of other
//! programs. Text that is no id gives NULL.

use super::layout::random_sql;

const ALPHABET: &str = "'0123456789abcdefghjkmnpqrstvwxyz'";
const HEX: &str = "'0123456789abcdef'";

/// Returns the name and the expression of each function, for this expression in place of its argument.
///
/// # Examples
///
/// ```
/// let of = id_migrate::sqlite::functions("NEW.job_id");
/// assert_eq!(of[0].0, "generate");
/// assert!(of.iter().any(|(name, sql)| *name == "timestamp_of" && sql.contains("NEW.job_id")));
/// ```
#[must_use]
pub fn functions(argument: &str) -> Vec<(&'static str, String)> {
    let x = format!("({argument})");
    let core = core(&x);
    let bits = core_bits(&format!("({core})"));
    vec![
        ("generate", random_sql()),
        ("is_id", format!("({core}) IS NOT NULL")),
        ("prefix_of", when(&core, &format!("nullif(substr({x},1,instr({x},'_')-1),'')"))),
        ("core_of", core.clone()),
        ("thread_of", when(&core, &scope(&x))),
        ("timestamp_of", timestamp(&core)),
        ("uuid_of", when(&core, &uuid(&bits))),
        ("text_of_uuid", text_of_uuid(&x)),
    ]
}

fn when(core: &str, then: &str) -> String {
    format!("CASE WHEN ({core}) IS NOT NULL THEN {then} END")
}

/// The last 26 characters, if they are a core and what stands before them is nothing or ends in `_`.
fn core(x: &str) -> String {
    let tail = format!("substr({x},-26)");
    format!(
        "CASE WHEN typeof{x}='text' AND length({tail})=26 AND {tail} NOT GLOB '*[^0-9a-hjkmnp-tv-z]*' AND {tail}<'8' \
         AND (length{x}=26 OR ({x} GLOB '[a-z]*_*' AND substr({x},-27,1)='_' AND substr({x},1,instr({x},'_')-1) NOT GLOB '*[^a-z]*')) THEN {tail} END"
    )
}

/// What stands between prefix and core.
fn scope(x: &str) -> String {
    format!(
        "CASE WHEN length{x}-instr({x},'_')>27 THEN substr({x},instr({x},'_')+1,length{x}-instr({x},'_')-27) END"
    )
}

fn digit(core: &str, at: u32) -> String {
    format!("(instr({ALPHABET},substr({core},{at},1))-1)")
}

/// Some characters as one number.
fn number(core: &str, from: u32, to: u32) -> String {
    let parts: Vec<String> = (from..=to)
        .map(|at| match 5 * (to - at) {
            0 => digit(core, at),
            shift => format!("({}<<{shift})", digit(core, at)),
        })
        .collect();
    format!("({})", parts.join("|"))
}

/// Milliseconds, where the bits are those of a version 7.
fn timestamp(core: &str) -> String {
    let c = format!("({core})");
    format!(
        "CASE WHEN {} IN (14,15) AND ({}&12)=8 THEN {} END",
        digit(&c, 11),
        digit(&c, 14),
        number(&c, 1, 10)
    )
}

/// The four groups of 32 bits.
fn core_bits(core: &str) -> [String; 4] {
    let digit = |at| digit(core, at);
    [
        format!("({}>>1)", number(core, 1, 7)),
        format!("((({}&1)<<31)|({}<<1)|({}>>4))", digit(7), number(core, 8, 13), digit(14)),
        format!("((({}&15)<<28)|({}<<3)|({}>>2))", digit(14), number(core, 15, 19), digit(20)),
        format!("((({}&3)<<30)|{})", digit(20), number(core, 21, 26)),
    ]
}

fn uuid(groups: &[String; 4]) -> String {
    let [a, b, c, d] = groups;
    format!("printf('%08x-%04x-%04x-%04x-%04x%08x',{a},{b}>>16,{b}&65535,{c}>>16,{c}&65535,{d})")
}

/// The core of a UUID, 36 or 32 characters in either case.
fn text_of_uuid(x: &str) -> String {
    let hex = format!("lower(replace({x},'-',''))");
    let group = |no: u32| {
        let parts: Vec<String> = (0..8)
            .map(|at| {
                format!("((instr({HEX},substr({hex},{},1))-1)<<{})", no * 8 + at + 1, 28 - 4 * at)
            })
            .collect();
        format!("({})", parts.join("|"))
    };
    let groups = [group(0), group(1), group(2), group(3)];
    // The 5 bits of each character, from bit 129 down; the two highest are 0.
    let digits: Vec<String> = (0..26)
        .map(|at: u32| {
            let low = 125 - 5 * at;
            let (group, shift) = (3 - (low / 32) as usize, low % 32);
            let above = if shift > 27 && group > 0 {
                format!("|({}<<{})", groups[group - 1], 32 - shift)
            } else {
                String::new()
            };
            format!("substr({ALPHABET},1+((({}>>{shift}){above})&31),1)", groups[group])
        })
        .collect();
    format!(
        "CASE WHEN length({hex})=32 AND {hex} NOT GLOB '*[^0-9a-f]*' AND length{x} IN (32,36) THEN {} END",
        digits.join("||")
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use unified_id::{Core, ParsedId, ThreadId, UnifiedId};

    use super::*;

    fn ask(db: &Connection, name: &str, value: &str) -> Option<String> {
        let sql = functions("?1").into_iter().find(|(found, _)| *found == name).unwrap().1;
        // A NULL parameter makes no difference where the argument is not used.
        db.query_row(&format!("SELECT CAST({sql} AS TEXT), ?1"), [value], |row| row.get(0)).unwrap()
    }

    #[test]
    fn expressions_say_what_the_library_says() {
        let db = Connection::open_in_memory().unwrap();
        let thread = ThreadId::new();
        for id in [
            UnifiedId::run(thread).to_string(),
            thread.to_string(),
            thread.core().to_text().as_str().to_owned(),
        ] {
            let core = match unified_id::parse_any(&id).unwrap() {
                ParsedId::Legacy(_) => Core::parse(&id).unwrap(),
                parsed => parsed.core().unwrap(),
            };
            assert_eq!(ask(&db, "core_of", &id).as_deref(), Some(core.to_text().as_str()), "{id}");
            assert_eq!(
                ask(&db, "timestamp_of", &id),
                core.timestamp_ms().map(|ms| ms.to_string()),
                "{id}"
            );
            assert_eq!(ask(&db, "uuid_of", &id), Some(core.uuid_text()), "{id}");
            // id-lint: allow[UID013] says what SQL has to find, without the reader
            let scope = id.starts_with("run_").then(|| thread.core().to_text().as_str().to_owned());
            assert_eq!(ask(&db, "thread_of", &id), scope);
        }
        let made = ask(&db, "generate", "").unwrap();
        assert!(Core::parse(&made).unwrap().timestamp_ms().is_some(), "{made}");
        let mut state = 0x9e37_79b9_7f4a_7c15_u128;
        for _ in 0..200 {
            state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(99);
            let core = Core::from_u128(state);
            let text = core.to_text();
            assert_eq!(ask(&db, "text_of_uuid", &core.uuid_text()).as_deref(), Some(text.as_str()));
            assert_eq!(ask(&db, "uuid_of", text.as_str()), Some(core.uuid_text()));
            assert_eq!(
                ask(&db, "timestamp_of", text.as_str()),
                core.timestamp_ms().map(|ms| ms.to_string())
            );
        }
        for text in [
            "",
            "run_",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "01m7wqi1fbff4sq3bgc5bhn9e0",
            "xx1_01m7wqt1fbff4sq3bgc5bhn9e0",
        ] {
            assert_eq!(ask(&db, "core_of", text), None, "{text}");
            assert_eq!(ask(&db, "text_of_uuid", text), None, "{text}");
        }
    }
}
