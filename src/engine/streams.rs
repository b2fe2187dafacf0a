//! Keyed random streams: the only place that names a generator.
//!
//! Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a key of
//! 64 bits and a counter of 128 bits into 128 random bits. The key is derived from (seed, run); the counter holds the
//! purpose, the subject and the position in the stream. No two streams of a run share a counter, so all of them are
//! independent, whatever is drawn, in whatever order.
//!
//! Where one loop draws some ten thousand numbers in a row and nobody asks which of them belongs to whom, a [`FastStream`]
//! gives eight random bytes in a quarter of the time that Philox takes for them: xoshiro256++ (Blackman & Vigna 2021,
//! "Scrambled linear pseudorandom number generators", ACM Transactions on Mathematical Software 47, 36), of period 2^256 − 1.
//! Its whole state of 256 bits comes from two blocks of Philox under its name, so fast streams are as independent of one
//! another, and of all other streams, as streams are; that two of them overlap within 2^64 numbers has a probability
//! below 2^-128 a pair.

mod ahead;

pub use ahead::Ahead;

use crate::units::TimeSpan;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{SeedableRng, TryRng};
use std::convert::Infallible;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// Philox4x32-10: the block of random words that belongs to `counter` under `key`.
#[inline]
pub const fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    let mut round = 0;
    while round < ROUNDS {
        let first = MULTIPLIERS[0] as u64 * c0 as u64;
        let second = MULTIPLIERS[1] as u64 * c2 as u64;
        (c0, c1, c2, c3) =
            ((second >> 32) as u32 ^ c1 ^ k0, second as u32, (first >> 32) as u32 ^ c3 ^ k1, first as u32);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
        round += 1;
    }
    [c0, c1, c2, c3]
}

/// What a stream is for, by name. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose(u32);

impl Purpose {
    /// The purpose called `name`: its 32-bit FNV-1a hash.
    pub const fn new(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash: u32 = 0x811c_9dc5;
        let mut idx = 0;
        while idx < bytes.len() {
            hash = (hash ^ bytes[idx] as u32).wrapping_mul(0x0100_0193);
            idx += 1;
        }
        Self(hash)
    }
}

/// Whom or what a draw is about: two numbers, and the part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subject {
    a: u32,
    b: u32,
    part: u32,
}

impl Subject {
    /// The subject named by two numbers.
    pub const fn new(a: u32, b: u32) -> Self {
        Self { a, b, part: 0 }
    }

    /// Part `part` of the subject; part 0 is the subject itself.
    #[must_use]
    pub const fn part(self, part: u32) -> Self {
        Self { part, ..self }
    }
}

/// A 32-bit key for the thing called `name`, so that draws about it do not depend on its place in a list (FNV-1a).
pub const fn key_of(name: &str) -> u32 {
    Purpose::new(name).0
}

/// A 32-bit key for a thing that is made from two others, in this order.
pub const fn key_from(first: u32, second: u32) -> u32 {
    let mixed = philox4x32([first, second, 0, 0], [0x7477_6970, 0x6b65_7973]);
    mixed[0]
}

/// The key of one run: everything random in the run derives from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunKey([u32; 2]);

impl RunKey {
    /// The key of run number `run` under `seed`.
    pub fn new(seed: u64, run: u64) -> Self {
        let counter = [run as u32, (run >> 32) as u32, Purpose::new("run").0, 0];
        let block = philox4x32(counter, [seed as u32, (seed >> 32) as u32]);
        Self([block[0], block[1]])
    }

    /// The key of branch number `branch` of this run: everything drawn with it is new.
    #[must_use]
    pub fn branch(self, branch: u64) -> Self {
        let counter = [branch as u32, (branch >> 32) as u32, Purpose::new("branch").0, 1];
        let block = philox4x32(counter, self.0);
        Self([block[0], block[1]])
    }

    /// The stream for `purpose` and `subject`.
    #[inline]
    pub fn stream(self, purpose: Purpose, subject: Subject) -> Stream {
        // The parts of a subject differ in the key, so that each has all 2^34 words of a counter.
        let key = [self.0[0], self.0[1] ^ subject.part.wrapping_mul(WEYL[0])];
        Stream { key, purpose: purpose.0, subject: [subject.a, subject.b], block: 0, words: [0; 4], used: 4 }
    }

    /// The fast stream for `purpose` and `subject`: xoshiro256++ that starts from the first eight words of the stream of that name.
    pub fn fast_stream(self, purpose: Purpose, subject: Subject) -> FastStream {
        let mut words = self.stream(purpose, subject);
        let mut state = [0; 32];
        for bytes in state.chunks_exact_mut(4) {
            bytes.copy_from_slice(&words.word().to_le_bytes());
        }
        FastStream::from_seed(state)
    }

    /// The first four words of the stream for `purpose` and `subject`, without the stream around them.
    #[inline]
    pub fn words(self, purpose: Purpose, subject: Subject) -> [u32; 4] {
        let Stream { key, purpose, subject: [a, b], .. } = self.stream(purpose, subject);
        philox4x32([0, purpose, a, b], key)
    }

    /// The first uniform number of the stream for `purpose` and `subject`, in [0, 1).
    #[inline]
    pub fn uniform(self, purpose: Purpose, subject: Subject) -> f64 {
        let [high, low, ..] = self.words(purpose, subject);
        unit(high, low)
    }
}

/// A stream of random numbers at speed, of which only the whole has a name; see [`RunKey::fast_stream`].
pub type FastStream = Xoshiro256PlusPlus;

/// An endless stream of random words. Works with every distribution of `rand` and `rand_distr`.
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u32; 2],
    purpose: u32,
    subject: [u32; 2],
    block: u32,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    /// The next 32 random bits.
    #[inline]
    pub fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = self.next_block();
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    #[inline]
    fn next_block(&mut self) -> [u32; 4] {
        let block = philox4x32([self.block, self.purpose, self.subject[0], self.subject[1]], self.key);
        self.block = self.block.wrapping_add(1);
        block
    }

    /// The stream behind its first `n` blocks of four words; none of it may have been used.
    #[must_use]
    #[inline]
    pub fn behind(self, n: u32) -> Self {
        Self { block: self.block.wrapping_add(n), ..self }
    }

    /// Fills `words` with the next words.
    pub fn fill(&mut self, words: &mut [u32]) {
        let (rest, words) = words.split_at_mut(words.len().min(4 - self.used));
        rest.iter_mut().for_each(|word| *word = self.word());
        let (blocks, rest) = words.as_chunks_mut();
        for block in blocks {
            *block = self.next_block();
        }
        rest.iter_mut().for_each(|word| *word = self.word());
    }

    /// The same words, made many at a time.
    pub fn ahead(self) -> Ahead {
        Ahead::of(self)
    }

    /// A uniform number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        let high = self.word();
        unit(high, self.word())
    }

    /// Two uniform numbers in [0, 1): those that two calls of [`uniform`](Self::uniform) give. Where a block begins they are the whole of it,
    /// and nothing of the block has to be kept for later.
    #[inline]
    pub fn two_uniforms(&mut self) -> (f64, f64) {
        if self.used < 4 {
            return (self.uniform(), self.uniform());
        }
        let [first_high, first_low, second_high, second_low] = self.next_block();
        (unit(first_high, first_low), unit(second_high, second_low))
    }

    /// A uniform number in (0, 1]: safe under a logarithm.
    #[inline]
    pub fn uniform_positive(&mut self) -> f64 {
        1.0 - self.uniform()
    }

    /// An exponential number of mean 1, by inversion: one draw whatever the value.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform_positive())
    }

    /// A standard normal number, by the method of Box and Muller: two draws whatever the value.
    pub fn normal(&mut self) -> f64 {
        let (length, angle) = self.two_uniforms();
        libm::sqrt(-2.0 * libm::log(1.0 - length)) * libm::cos(std::f64::consts::TAU * angle)
    }

    /// Two independent standard normal numbers, of one angle and one radius.
    pub fn two_normals(&mut self) -> (f64, f64) {
        let (length, angle) = self.two_uniforms();
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - length));
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * angle);
        (radius * cosine, radius * sine)
    }

    /// A log-normal span of time with the given median; `spread` is the standard deviation of its logarithm.
    pub fn log_normal(&mut self, median: TimeSpan, spread: f64) -> TimeSpan {
        TimeSpan::from_ms((median.as_ms() as f64 * libm::exp(spread * self.normal())) as i64)
    }

    /// A Poisson number: below a mean of 10 by inversion of one uniform number, from there by transformed rejection (Hörmann 1993,
    /// "The transformed rejection method for generating Poisson random variables", algorithm PTRS). 0 if `mean` is not positive.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean >= 10.0 {
            return self.large_poisson(mean);
        }
        if mean.is_nan() || mean <= 0.0 {
            return 0;
        }
        let (mut count, mut part) = (0_u32, libm::exp(-mean));
        let mut beyond = self.uniform() - part;
        // The uniform number is a multiple of 2^-53, so the sum of the parts passes it long before 200.
        while beyond >= 0.0 && count < 200 {
            count += 1;
            part *= mean / f64::from(count);
            beyond -= part;
        }
        u64::from(count)
    }

    fn large_poisson(&mut self, mean: f64) -> u64 {
        let b = 0.931 + 2.53 * libm::sqrt(mean);
        let a = 0.024_83 * b - 0.059;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let squeeze = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.uniform() - 0.5;
            let v = self.uniform_positive();
            let distance = 0.5 - u.abs();
            let count = ((2.0 * a / distance + b) * u + mean + 0.43).floor();
            if distance >= 0.07 && v <= squeeze {
                return count as u64;
            }
            if count < 0.0 || (distance < 0.013 && v > distance) {
                continue;
            }
            let proposed = libm::log(v * inverse_alpha / (a / (distance * distance) + b));
            if proposed <= count * libm::log(mean) - mean - libm::lgamma(count + 1.0) {
                return count as u64;
            }
        }
    }

    /// A number from 0 to `n` − 1, uniform up to a bias below n/2^32; 0 if `n` is 0.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(n)) >> 32) as u32
    }
}

/// The number from 0 to `n` − 1 that belongs to 64 random bits, uniform up to a bias below n/2^64; 0 if `n` is 0.
#[inline]
pub fn below(bits: u64, n: u32) -> u32 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u32
}

/// The number in [0, 1), a multiple of 2^-53, that belongs to two random words.
#[inline]
fn unit(high: u32, low: u32) -> f64 {
    ((u64::from(high) << 32 | u64::from(low)) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(u64::from(self.word()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Known answers of the authors' own library, Random123 (file `kat_vectors`, philox4x32-10).
    #[test]
    fn philox_gives_the_known_answers() {
        let ones = 0xffff_ffff;
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([ones; 4], [ones; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox4x32(counter, key), expected);
        }
    }

    #[test]
    fn a_stream_depends_on_every_part_of_its_name() {
        let purpose = Purpose::new("test");
        let first = |seed, run, purpose, subject| RunKey::new(seed, run).stream(purpose, subject).word();
        let base = first(1, 2, purpose, Subject::new(3, 4).part(5));
        let others = [
            first(2, 2, purpose, Subject::new(3, 4).part(5)),
            first(1, 3, purpose, Subject::new(3, 4).part(5)),
            first(1, 2, Purpose::new("other"), Subject::new(3, 4).part(5)),
            first(1, 2, purpose, Subject::new(4, 4).part(5)),
            first(1, 2, purpose, Subject::new(3, 5).part(5)),
            first(1, 2, purpose, Subject::new(3, 4).part(6)),
        ];
        assert_eq!(base, first(1, 2, purpose, Subject::new(3, 4).part(5)));
        assert!(others.iter().all(|&other| other != base), "{base} {others:?}");
    }

    /// Known answers of the authors' reference implementation (`xoshiro256plusplus.c`), for the state 1, 2, 3, 4.
    #[test]
    fn a_fast_stream_gives_the_known_answers() {
        let mut state = [0; 32];
        for (word, bytes) in (1_u64..).zip(state.chunks_exact_mut(8)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let mut stream = FastStream::from_seed(state);
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(expected.map(|_| stream.next_u64()), expected);
    }

    /// The state in memory is that of the eight words, the first in the lowest bytes: xoshiro256++ begins with rotl(s0 + s3, 23) + s0.
    #[test]
    fn a_fast_stream_starts_from_the_words_of_its_name() {
        let (key, purpose, subject) = (RunKey::new(5, 6), Purpose::new("fast"), Subject::new(7, 8).part(9));
        let mut stream = key.stream(purpose, subject);
        let words: Vec<u64> = (0..8).map(|_| u64::from(stream.word())).collect();
        let [first, last] = [words[0] | words[1] << 32, words[6] | words[7] << 32];
        let expected = first.wrapping_add(last).rotate_left(23).wrapping_add(first);
        assert_eq!(key.fast_stream(purpose, subject).next_u64(), expected);
        let begin: Vec<u64> = key.words(purpose, subject).into_iter().map(u64::from).collect();
        assert_eq!(begin, words[..4]);
    }

    #[test]
    fn two_uniform_numbers_at_once_are_the_next_two_wherever_the_stream_is() {
        let stream = RunKey::new(3, 4).stream(Purpose::new("pairs"), Subject::new(5, 6).part(7));
        for n_words in 0..9 {
            let mut single = stream.clone();
            (0..n_words).for_each(|_| _ = single.word());
            let mut pairs = single.clone();
            for _ in 0..3 {
                let (first, second) = pairs.two_uniforms();
                assert_eq!([first, second], [(); 2].map(|()| single.uniform()), "after {n_words} words");
            }
            assert_eq!(pairs.word(), single.word());
        }
        let mut skipped = stream.clone();
        (0..8).for_each(|_| _ = skipped.word());
        assert_eq!(stream.behind(2).word(), skipped.word());
    }

    /// α = 1e-4: with n = 200,000 the mean of a uniform number lies within 3.9·sqrt(1/12n), of a normal within 3.9/sqrt(n),
    /// of an exponential likewise, and the second moment of a normal within 3.9·sqrt(2/n).
    #[test]
    fn uniform_normal_and_exponential_numbers_have_their_moments() {
        let n = 200_000;
        let count = f64::from(n);
        let mut stream = RunKey::new(0, 0).stream(Purpose::new("moments"), Subject::default());
        let mean = |mut draw: Box<dyn FnMut() -> f64>| (0..n).map(|_| draw()).sum::<f64>() / count;
        let mut uniform = stream.clone();
        let mut normal = stream.clone();
        let mut squares = stream.clone();
        assert!(
            (mean(Box::new(move || uniform.uniform())) - 0.5).abs() < 3.9 * (1.0 / (12.0 * count)).sqrt()
        );
        assert!(mean(Box::new(move || normal.normal())).abs() < 3.9 / count.sqrt());
        assert!((mean(Box::new(move || squares.normal().powi(2))) - 1.0).abs() < 3.9 * (2.0 / count).sqrt());
        assert!((mean(Box::new(move || stream.exponential())) - 1.0).abs() < 3.9 / count.sqrt());
    }

    /// Half of the spans lie below the median; α = 1e-4 at n = 20,000.
    #[test]
    fn log_normal_spans_have_their_median_and_none_is_negative() {
        let median = TimeSpan::from_hours(3);
        let mut stream = RunKey::new(0, 0).stream(Purpose::new("log-normal"), Subject::default());
        let spans: Vec<TimeSpan> = (0..20_000).map(|_| stream.log_normal(median, 0.8)).collect();
        let below = spans.iter().filter(|span| **span < median).count() as f64 / 20_000.0;
        assert!((below - 0.5).abs() < 3.9 * 0.5 / 20_000_f64.sqrt(), "{below}");
        assert!(spans.iter().all(|span| *span >= TimeSpan::ZERO));
        assert_eq!(stream.log_normal(median, 0.0), median);
    }

    /// Counts of each number, with both tails in one class each, against the exact law: Pearson's statistic at α = 1e-4.
    #[test]
    fn poisson_numbers_follow_their_law() {
        use statrs::distribution::{ChiSquared, ContinuousCDF, DiscreteCDF, Poisson};
        let n = 40_000;
        for (case, mean) in [0.05, 0.7, 4.0, 9.99, 10.0, 33.0, 1000.0, 2.5e5].into_iter().enumerate() {
            let mut stream = RunKey::new(0, 0).stream(Purpose::new("poisson"), Subject::new(case as u32, 0));
            let law = Poisson::new(mean).unwrap();
            // Classes of about a third of a standard deviation within four of them.
            let width = ((mean.sqrt() / 3.0) as u64).max(1);
            let low = (mean - 3.0 * mean.sqrt()).max(0.0) as u64;
            let n_classes = ((6.0 * mean.sqrt()).ceil() as u64 / width + 2) as usize;
            let class = |count: u64| ((count.saturating_sub(low) / width) as usize).min(n_classes - 1);
            let mut counts = vec![0_u32; n_classes];
            for _ in 0..n {
                counts[class(stream.poisson(mean))] += 1;
            }
            let first = |class: usize| low + class as u64 * width;
            let below = |count: u64| if count == 0 { 0.0 } else { law.cdf(count - 1) };
            let (mut statistic, mut freedom) = (0.0, -1.0);
            for (class, &count) in counts.iter().enumerate() {
                let begin = if class == 0 { 0.0 } else { below(first(class)) };
                let end = if class + 1 == n_classes { 1.0 } else { below(first(class + 1)) };
                let expected = (end - begin) * f64::from(n);
                if expected >= 5.0 {
                    statistic += (f64::from(count) - expected).powi(2) / expected;
                    freedom += 1.0;
                } else {
                    assert!(
                        f64::from(count) <= expected + 3.9 * expected.sqrt() + 6.0,
                        "{count} for {expected}"
                    );
                }
            }
            let bound = ChiSquared::new(freedom).unwrap().inverse_cdf(1.0 - 1e-4);
            assert!(statistic <= bound, "mean {mean}: {statistic} above {bound}; {counts:?}");
        }
        let mut stream = RunKey::new(0, 0).stream(Purpose::new("poisson"), Subject::default());
        assert_eq!([0.0, -1.0, f64::NAN].map(|mean| stream.poisson(mean)), [0, 0, 0]);
    }

    #[test]
    fn a_stream_serves_the_distributions_of_rand_distr() {
        use rand_distr::{Distribution, StandardUniform};
        let stream = RunKey::new(7, 7).stream(Purpose::new("rand"), Subject::default());
        let drawn: Vec<u32> = StandardUniform.sample_iter(stream.clone()).take(6).collect();
        let mut same = stream;
        assert_eq!(drawn, (0..6).map(|_| same.word()).collect::<Vec<_>>());
    }
}
