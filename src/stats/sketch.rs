//! Any number of values in bounded memory: exact while few of them differ, then in buckets of bounded relative width.
//!
//! The values lie in a histogram whose buckets are all values that share the leading bits of their floating-point form, so a bucket is
//! as wide as the 2^−k-th part of the power of two that it lies in. k is the finest at which the buckets in use are few enough. That is a
//! property of the multiset alone: whatever order values come in, and however they are split and merged, the sketch is the same. (The idea
//! is that of Epicoco, Melle, Cafaro and Pulimeno (2020), "UDDSketch: accurate tracking of quantiles in data streams", IEEE Access 8,
//! 147604–147617: relative buckets, of which all neighbours collapse at once when there are too many. Powers of two instead of a chosen
//! base keep arithmetic to shifts, and single values exact.)
//!
//! Inside a bucket the values are taken to lie evenly spread.

use std::fmt::Debug;

/// The form in which values are kept: unsigned integers in the order of the numbers.
pub trait Key: Copy + Ord + Debug {
    /// Bits of the form.
    const BITS: u32;

    /// The form of a number, which must not be NaN; zero has one sign.
    fn of(value: f64) -> Self;

    /// The number of a form.
    fn value(self) -> f64;

    /// The leading bits: the form without its last `level` bits.
    #[must_use]
    fn prefix(self, level: u32) -> Self;

    /// The lowest and the highest form with these leading bits.
    fn ends(self, level: u32) -> (Self, Self);

    /// Little-endian bytes.
    fn to_u64(self) -> u64;

    /// From what [`Self::to_u64`] gave.
    fn from_u64(number: u64) -> Self;
}

macro_rules! key {
    ($uint:ty, $float:ty) => {
        impl Key for $uint {
            const BITS: u32 = <$uint>::BITS;

            fn of(value: f64) -> Self {
                // Adding zero turns −0 into 0.
                let bits = (value as $float + 0.0).to_bits();
                if bits >> (Self::BITS - 1) == 1 { !bits } else { bits | (1 << (Self::BITS - 1)) }
            }

            fn value(self) -> f64 {
                let is_positive = self >> (Self::BITS - 1) == 1;
                let bits = if is_positive { self & !(1 << (Self::BITS - 1)) } else { !self };
                f64::from(<$float>::from_bits(bits))
            }

            fn prefix(self, level: u32) -> Self {
                self.checked_shr(level).unwrap_or(0)
            }

            fn ends(self, level: u32) -> (Self, Self) {
                let low = self.checked_shl(level).unwrap_or(0);
                (low, low | !Self::MAX.checked_shl(level).unwrap_or(0))
            }

            fn to_u64(self) -> u64 {
                u64::from(self)
            }

            fn from_u64(number: u64) -> Self {
                number as Self
            }
        }
    };
}

key!(u32, f32);
key!(u64, f64);

/// Values in bounded memory; `u32` keeps numbers of 32 bits, `u64` those of 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch<K> {
    /// Buckets at the most.
    most: u32,
    /// Last bits that a bucket leaves open.
    level: u32,
    n: u64,
    ends: Option<(K, K)>,
    /// Leading bits and number of values, ascending.
    buckets: Vec<(K, u32)>,
}

impl<K: Key> Sketch<K> {
    /// No values; there will be at most `most` buckets (at least 2).
    pub const fn new(most: u32) -> Self {
        Self { most: if most < 2 { 2 } else { most }, level: 0, n: 0, ends: None, buckets: Vec::new() }
    }

    /// Number of values.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Whether every value is known exactly.
    pub const fn is_exact(&self) -> bool {
        self.level == 0
    }

    /// Takes in values, none of them NaN; sorts them on the way.
    pub fn extend(&mut self, keys: &mut [K]) {
        keys.sort_unstable();
        let (Some(&first), Some(&last)) = (keys.first(), keys.last()) else { return };
        self.n += keys.len() as u64;
        self.widen((first, last));
        if first == last {
            self.add(first.prefix(self.level), keys.len() as u32);
        } else {
            let level = self.level;
            let runs = keys.chunk_by(|one, other| one.prefix(level) == other.prefix(level));
            self.merge_buckets(runs.map(|run| (run[0].prefix(level), run.len() as u32)), keys.len());
        }
        self.coarsen();
    }

    /// Takes in one number, which must not be NaN.
    pub fn push(&mut self, value: f64) {
        self.extend(&mut [K::of(value)]);
    }

    /// Takes in all values of another sketch.
    pub fn merge(&mut self, other: &Self) {
        let Some(ends) = other.ends else { return };
        self.n += other.n;
        self.widen(ends);
        while self.level < other.level {
            self.raise();
        }
        let steps = self.level - other.level;
        let more = other.buckets.iter().map(|&(prefix, count)| (prefix.prefix(steps), count));
        self.merge_buckets(more, other.buckets.len());
        self.coarsen();
    }

    /// The value of rank `rank` (0 is the least) among the ascending values; the greatest where there are fewer, NaN where there are none.
    pub fn value(&self, rank: u64) -> f64 {
        // Both ends are known exactly.
        let (least, greatest) = match self.ends {
            Some((least, _)) if rank == 0 => return least.value(),
            Some((_, greatest)) if rank >= self.n - 1 => return greatest.value(),
            Some((least, greatest)) => (least.value(), greatest.value()),
            None => return f64::NAN,
        };
        let mut before = 0;
        for &(prefix, count) in &self.buckets {
            if rank < before + u64::from(count) {
                return self.spread(prefix, count, rank - before).clamp(least, greatest);
            }
            before += u64::from(count);
        }
        greatest
    }

    /// Number of values below `value` and number of those equal to it; where the sketch is not exact, the share of a bucket below is
    /// estimated and none is equal.
    pub fn below_and_equal(&self, value: f64) -> (f64, f64) {
        let key = K::of(value);
        let prefix = key.prefix(self.level);
        let at = self.buckets.partition_point(|bucket| bucket.0 < prefix);
        let below: u64 = self.buckets[..at].iter().map(|bucket| u64::from(bucket.1)).sum();
        match self.buckets.get(at).filter(|bucket| bucket.0 == prefix) {
            None => (below as f64, 0.0),
            Some(&(_, count)) if self.is_exact() => (below as f64, f64::from(count)),
            Some(&(_, count)) => {
                let (low, high) = self.bounds(prefix);
                let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
                (below as f64 + share * f64::from(count), 0.0)
            }
        }
    }

    /// Ascending values with the number of times each stands for; a bucket is represented by its middle.
    pub fn weighted(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> + Clone {
        self.buckets.iter().map(|&(prefix, count)| {
            let (low, high) = self.bounds(prefix);
            (f64::midpoint(low, high), u64::from(count))
        })
    }

    /// The `index`-th of `count` values spread evenly over a bucket.
    fn spread(&self, prefix: K, count: u32, index: u64) -> f64 {
        let (low, high) = self.bounds(prefix);
        low + (high - low) * ((index as f64 + 0.5) / f64::from(count))
    }

    /// The least and the greatest number that a bucket can hold.
    fn bounds(&self, prefix: K) -> (f64, f64) {
        let (low, high) = prefix.ends(self.level);
        let Some((least, greatest)) = self.ends else { return (f64::NAN, f64::NAN) };
        (low.max(least).value(), high.min(greatest).value())
    }

    fn widen(&mut self, (low, high): (K, K)) {
        self.ends = Some(match self.ends {
            None => (low, high),
            Some((least, greatest)) => (least.min(low), greatest.max(high)),
        });
    }

    /// Adds to one bucket.
    fn add(&mut self, prefix: K, count: u32) {
        let at = self.buckets.partition_point(|bucket| bucket.0 < prefix);
        match self.buckets.get_mut(at).filter(|bucket| bucket.0 == prefix) {
            Some(bucket) => bucket.1 += count,
            None => self.buckets.insert(at, (prefix, count)),
        }
    }

    /// Adds at most `n` ascending buckets of the same level, of which neighbours may be the same.
    fn merge_buckets(&mut self, more: impl Iterator<Item = (K, u32)>, n: usize) {
        let old = std::mem::take(&mut self.buckets);
        let mut merged: Vec<(K, u32)> = Vec::with_capacity(old.len() + n);
        let mut push = |bucket: (K, u32)| match merged.last_mut() {
            Some(last) if last.0 == bucket.0 => last.1 += bucket.1,
            _ => merged.push(bucket),
        };
        let mut old = old.into_iter().peekable();
        for bucket in more {
            while let Some(before) = old.next_if(|before| before.0 < bucket.0) {
                push(before);
            }
            push(bucket);
            // An old bucket of the same prefix follows at once and is joined.
        }
        old.for_each(push);
        self.buckets = merged;
    }

    /// Coarsens until there are few enough buckets.
    fn coarsen(&mut self) {
        while self.buckets.len() > self.most as usize {
            self.raise();
        }
    }

    /// Joins buckets two by two.
    fn raise(&mut self) {
        self.level += 1;
        for bucket in &mut self.buckets {
            bucket.0 = bucket.0.prefix(1);
        }
        self.buckets.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
    }

    /// Appends the sketch as bytes.
    pub fn write(&self, into: &mut Vec<u8>) {
        write_number(into, u64::from(self.level));
        write_number(into, self.buckets.len() as u64);
        let Some((least, greatest)) = self.ends else { return };
        into.extend(least.to_u64().to_le_bytes());
        into.extend(greatest.to_u64().to_le_bytes());
        let mut before = 0;
        for &(prefix, count) in &self.buckets {
            write_number(into, prefix.to_u64() - before);
            write_number(into, u64::from(count));
            before = prefix.to_u64();
        }
    }

    /// Reads what [`Self::write`] appended from the beginning of `bytes`, which is moved on; `None` if it is damaged.
    pub fn read(most: u32, bytes: &mut &[u8]) -> Option<Self> {
        let mut sketch = Self::new(most);
        sketch.level = u32::try_from(read_number(bytes)?).ok().filter(|&level| level <= K::BITS)?;
        let n_buckets = read_number(bytes)?;
        if n_buckets == 0 {
            return (sketch.level == 0).then_some(sketch);
        }
        if n_buckets > u64::from(sketch.most) {
            return None;
        }
        let mut end = || {
            let (end, rest) = bytes.split_first_chunk::<8>()?;
            *bytes = rest;
            Some(K::from_u64(u64::from_le_bytes(*end)))
        };
        sketch.ends = Some((end()?, end()?));
        let mut prefix = 0_u64;
        for bucket in 0..n_buckets {
            let step = read_number(bytes)?;
            prefix = prefix.checked_add(step).filter(|_| step > 0 || bucket == 0)?;
            if K::from_u64(prefix).to_u64() != prefix {
                return None;
            }
            let count = u32::try_from(read_number(bytes)?).ok()?;
            sketch.buckets.push((K::from_u64(prefix), count));
            sketch.n += u64::from(count);
        }
        Some(sketch)
    }
}

/// Appends a number in groups of seven bits, lowest first, each but the last marked (LEB128).
fn write_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::quantile::{self, Method};
    use proptest::prelude::*;

    fn of<K: Key>(most: u32, values: &[f64]) -> Sketch<K> {
        let mut sketch = Sketch::new(most);
        sketch.extend(&mut values.iter().map(|&value| K::of(value)).collect::<Vec<_>>());
        sketch
    }

    #[test]
    fn forms_are_in_the_order_of_the_numbers_and_keep_them() {
        let numbers = [f64::NEG_INFINITY, -1e300, -2.5, -1e-300, 0.0, 1e-310, 0.1, 1.0, 7.0, f64::INFINITY];
        for pair in numbers.windows(2) {
            assert!(<u64 as Key>::of(pair[0]) < <u64 as Key>::of(pair[1]), "{pair:?}");
            assert_eq!(<u64 as Key>::of(pair[1]).value(), pair[1]);
        }
        assert_eq!(<u64 as Key>::of(-0.0), <u64 as Key>::of(0.0));
        assert_eq!(<u32 as Key>::of(0.1).value(), f64::from(0.1_f32));
    }

    #[test]
    fn few_values_are_kept_exactly_however_often_they_come() {
        let mut sketch = Sketch::<u64>::new(4);
        for _ in 0..1000 {
            sketch.extend(&mut [3.0, -1.0, 0.5].map(<u64 as Key>::of));
        }
        assert!(sketch.is_exact());
        assert_eq!(sketch.n(), 3000);
        assert_eq!((sketch.value(0), sketch.value(1500), sketch.value(2999)), (-1.0, 0.5, 3.0));
        assert_eq!(sketch.below_and_equal(0.5), (1000.0, 1000.0));
        assert_eq!(sketch.weighted().collect::<Vec<_>>(), [(-1.0, 1000), (0.5, 1000), (3.0, 1000)]);
    }

    /// Quantiles of 50,000 log-normal and normal values: the error is less than a bucket, and in the middle far less.
    #[test]
    fn many_values_have_quantiles_within_a_bucket() {
        use crate::stats::distribution::normal_quantile;
        let n = 50_000;
        let normal = |idx: usize| normal_quantile((idx as f64 + 0.5) / f64::from(n));
        for transform in [|z: f64| z * 0.01, |z: f64| libm::exp(2.0 * z)] {
            let values: Vec<f64> =
                (0..n as usize).map(|idx| transform(normal((idx * 7919) % n as usize))).collect();
            let sketch = of::<u32>(1024, &values);
            let mut sorted = values.clone();
            quantile::sort(&mut sorted);
            assert!(sketch.buckets.len() <= 1024 && !sketch.is_exact());
            // At this level a bucket is this share of its power of two.
            let width = libm::exp2(f64::from(sketch.level) - 23.0);
            for p in [0.05, 0.25, 0.5, 0.75, 0.95] {
                let exact = quantile::sorted(&sorted, p, Method::Linear);
                let found =
                    quantile::sorted_by(n as usize, p, Method::Linear, |rank| sketch.value(rank as u64));
                let error = (found - exact).abs();
                assert!(error <= 0.2 * width * exact.abs() + 1e-6, "{p}: {found} {exact}, width {width}");
            }
            assert_eq!(sketch.value(0), f64::from(sorted[0] as f32));
            assert_eq!(sketch.value(u64::MAX), f64::from(sorted[n as usize - 1] as f32));
        }
    }

    proptest! {
        /// Any order, any split and any sequence of merges give the same sketch.
        #[test]
        fn a_sketch_is_a_property_of_the_values_alone(
            values in prop::collection::vec(prop_oneof![any::<f32>().prop_filter("no NaN", |v| !v.is_nan()), 0.0_f32..3.0], 0..300),
            cuts in prop::collection::vec(0_usize..300, 0..5),
            most in 2_u32..40,
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let whole = of::<u32>(most, &values);
            let mut one_by_one = Sketch::<u32>::new(most);
            values.iter().rev().for_each(|&value| one_by_one.push(value));
            prop_assert_eq!(&one_by_one, &whole);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
            cuts.extend([0, values.len()]);
            cuts.sort_unstable();
            let mut merged = Sketch::<u32>::new(most);
            for part in cuts.windows(2).rev() {
                merged.merge(&of(most, &values[part[0]..part[1]]));
            }
            prop_assert_eq!(&merged, &whole);
            let mut bytes = Vec::new();
            whole.write(&mut bytes);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(Sketch::<u32>::read(most, &mut rest), Some(whole));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn damaged_bytes_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut rest = bytes.as_slice();
            let _ = Sketch::<u64>::read(16, &mut rest);
        }
    }
}
