//! The known word that is most like a mistyped one.

/// Finds the known word that was probably meant; `None` if none is near.
///
/// ```
/// assert_eq!(id_scan::nearest("excludes", ["exclude", "rules"]), Some("exclude"));
/// assert_eq!(id_scan::nearest("colour", ["exclude", "rules"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).flat_map(char::to_lowercase).collect();
    let near = known.into_iter().map(|known| (distance(&word, known), known));
    let (distance, known) = near.min_by_key(|&(distance, _)| distance)?;
    (distance <= 1 + word.len() / 4 && distance < word.len()).then_some(known)
}

/// How many letters have to be added, removed, changed or swapped with their neighbour.
fn distance(word: &[char], known: &str) -> usize {
    let known: Vec<char> = known.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=known.len()).collect();
    for (row, &letter) in word.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, &other) in known.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&last, column) + usize::from(letter != other);
            best = best.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            let swapped = row > 0
                && column > 0
                && word.get(row - 1) == Some(&other)
                && known.get(column - 1) == Some(&letter);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_step() {
        let check = |word: &str, known, expected| {
            let word: Vec<char> = word.chars().collect();
            assert_eq!(distance(&word, known), expected);
        };
        check("exclude", "exclude", 0);
        check("excludes", "exclude", 1);
        check("rule", "rules", 1);
        check("roles", "rules", 1);
        check("form", "from", 1);
        check("Exclude", "exclude", 1);
        check("", "abc", 3);
        check("abc", "", 3);
    }
}
