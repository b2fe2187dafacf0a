//! Words of a stream that are made before they are asked for, many at a time.
//!
//! The ten rounds of a block of Philox wait for one another, but blocks do not: made one after another without anything in between, they
//! overlap. Whoever takes many words in small portions takes them from here.

use super::{Stream, unit};

/// Words that are made at a time.
const AHEAD: usize = 240;

/// The words of a stream from some point on.
#[derive(Debug, Clone)]
pub struct Ahead {
    stream: Stream,
    words: [u32; AHEAD],
    /// The first word that is not taken.
    next: usize,
}

impl Ahead {
    pub(super) fn of(stream: Stream) -> Self {
        Self { stream, words: [0; AHEAD], next: AHEAD }
    }

    /// The next `N` words, at most 240.
    #[inline]
    pub fn take<const N: usize>(&mut self) -> [u32; N] {
        const { assert!(N <= AHEAD) };
        if AHEAD - self.next < N {
            self.go_on();
        }
        let words = std::array::from_fn(|idx| self.words[self.next + idx]);
        self.next += N;
        words
    }

    /// The next 32 random bits.
    #[inline]
    pub fn word(&mut self) -> u32 {
        let [word] = self.take();
        word
    }

    /// A uniform number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        let [high, low] = self.take();
        unit(high, low)
    }

    /// Makes words behind those that are not taken.
    #[inline(never)]
    fn go_on(&mut self) {
        self.words.copy_within(self.next.., 0);
        let n_left = AHEAD - self.next;
        self.stream.fill(&mut self.words[n_left..]);
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::streams::{Purpose, RunKey, Stream, Subject};

    fn stream() -> Stream {
        RunKey::new(3, 4).stream(Purpose::new("ahead"), Subject::new(5, 6).part(7))
    }

    #[test]
    fn words_made_ahead_are_those_of_the_stream_whatever_the_portions() {
        for begin in 0..5 {
            let mut stream = stream();
            (0..begin).for_each(|_| _ = stream.word());
            let mut ahead = stream.clone().ahead();
            for _ in 0..300 {
                assert_eq!(ahead.word(), stream.word());
                assert_eq!(ahead.take::<3>(), [(); 3].map(|()| stream.word()));
                assert_eq!(ahead.uniform(), stream.uniform());
                assert_eq!(ahead.take::<7>(), [(); 7].map(|()| stream.word()));
            }
        }
    }

    #[test]
    fn a_stream_fills_memory_with_its_words_and_goes_on_behind_them() {
        for (begin, n) in [(0, 0), (0, 3), (1, 2), (1, 3), (2, 9), (3, 40), (4, 41)] {
            let mut stream = stream();
            (0..begin).for_each(|_| _ = stream.word());
            let mut same = stream.clone();
            let mut words = vec![0; n];
            stream.fill(&mut words);
            assert_eq!(words, words.iter().map(|_| same.word()).collect::<Vec<_>>());
            assert_eq!(stream.word(), same.word());
        }
    }
}
