//! Nothing that is written in a file makes loading panic.

use super::{QUARREL, request, small_world};
use crate::scenario::load;
use crate::text::decode;
use proptest::prelude::*;

/// The text with the bytes of `cut` replaced, as far as characters allow.
fn mutated(text: &str, start: usize, length: usize, with: &str) -> String {
    let start = text.floor_char_boundary(start % text.len());
    let end = text.floor_char_boundary((start + length).min(text.len()));
    format!("{}{with}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_are_refused_in_order(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        match decode("bytes", &bytes) {
            Ok(text) => drop(load(&request(&text, &text)).unwrap_err().to_string()),
            Err(failure) => drop(failure.to_string()),
        }
    }

    #[test]
    fn mutations_of_a_valid_file_load_or_are_refused_in_order(
        start in any::<usize>(),
        length in 0..40usize,
        with in prop_oneof![Just(String::new()), "[\\[\\]{}=\",.0-9a-z \n-]{0,12}", "\\PC{0,6}"],
        other in any::<usize>(),
    ) {
        let world = small_world();
        let scenario = mutated(QUARREL, start, length, &with);
        for request in [request(&scenario, &world), request(QUARREL, &mutated(&world, other, length, &with))] {
            if let Err(failure) = load(&request) {
                prop_assert!(failure.to_string().starts_with("error: "));
            }
        }
    }
}
