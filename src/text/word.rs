//! Words for messages: lists of what is allowed, and the nearest of them.

/// Entries of a list before it is cut short.
const SHOWN: usize = 12;

/// The candidate that `word` was most likely meant to be, if any is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let tolerance = 1.max(lower.chars().count() / 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b` or `c` ``, cut short if long.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let quoted = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [only] => format!("`{only}`"),
        long if long.len() > SHOWN => format!("{} and {} more", quoted(&long[..SHOWN]), long.len() - SHOWN),
        [most @ .., last] => format!("{} or `{last}`", quoted(most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_unless_all_are_far() {
        let keys = ["horizon", "start", "summary"];
        assert_eq!(nearest("horizn", keys), Some("horizon"));
        assert_eq!(nearest("Strat", keys), Some("start"));
        assert_eq!(nearest("followers", keys), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn a_list_names_what_it_leaves_out() {
        assert_eq!(list([]), "nothing");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` or `c`");
        let many = (0..20).map(|n| n.to_string()).collect::<Vec<_>>();
        assert!(list(many.iter().map(String::as_str)).ends_with("`11` and 8 more"));
    }
}
