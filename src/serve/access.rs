//! Who may do what: secrets, the join code, and how often somebody may ask.

use std::collections::BTreeMap;
use std::net::IpAddr;
use tokio::time::Instant;

/// Characters of a join code: none that look alike.
const CODE: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Characters in a join code: 31⁶ is 887 million.
const CODE_LENGTH: usize = 6;
/// Bytes of a secret.
const SECRET: usize = 24;
/// Askers that are remembered at the most.
const MOST_KNOWN: usize = 4096;

/// Something that only its owner knows, as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new secret of the system's randomness.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; SECRET];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// A new join code.
    pub(super) fn code() -> Result<Self, getrandom::Error> {
        let mut code = String::new();
        while code.len() < CODE_LENGTH {
            let mut byte = [0];
            getrandom::fill(&mut byte)?;
            // 248 is the largest multiple of 31 in a byte: what is above would make some characters likelier.
            if byte[0] < 248 {
                code.push(char::from(CODE[usize::from(byte[0]) % CODE.len()]));
            }
        }
        Ok(Self(code))
    }

    /// The secret itself, to be told to its owner.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `text` is the secret, in a time that does not depend on where they differ.
    pub(super) fn is(&self, text: &str) -> bool {
        let (own, other) = (self.0.as_bytes(), text.as_bytes());
        // Lengths are no secret.
        own.len() == other.len()
            && own.iter().zip(other).fold(0, |found, (one, two)| found | (one ^ two)) == 0
    }
}

/// How often something may be done: `burst` at once, and `per_second` on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    pub(super) burst: f64,
    pub(super) per_second: f64,
}

/// A bucket of leave to do something for each asker.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    rate: Rate,
    known: BTreeMap<K, (f64, Instant)>,
}

impl<K: Ord + Clone> Buckets<K> {
    pub(super) const fn new(rate: Rate) -> Self {
        Self { rate, known: BTreeMap::new() }
    }

    /// Takes leave for one thing at `now`; `false` if there is none.
    pub(super) fn take(&mut self, asker: &K, now: Instant) -> bool {
        if self.known.len() >= MOST_KNOWN && !self.known.contains_key(asker) {
            self.forget(now);
        }
        let (left, last) = self.known.get(asker).copied().unwrap_or((self.rate.burst, now));
        let left = self.filled(left, last, now);
        let is_free = left >= 1.0;
        self.known.insert(asker.clone(), (if is_free { left - 1.0 } else { left }, now));
        is_free
    }

    fn filled(&self, left: f64, last: Instant, now: Instant) -> f64 {
        (left + self.rate.per_second * now.duration_since(last).as_secs_f64()).min(self.rate.burst)
    }

    /// Forgets those whose bucket is full again: they are as if they had never asked. If none is, all wait together.
    fn forget(&mut self, now: Instant) {
        let known = std::mem::take(&mut self.known);
        self.known = known
            .into_iter()
            .filter(|(_, (left, last))| self.filled(*left, *last, now) < self.rate.burst)
            .take(MOST_KNOWN / 2)
            .collect();
    }
}

/// Limits of the whole server.
#[derive(Debug)]
pub(super) struct Limits {
    /// Requests of somebody who has not joined, by address.
    pub(super) strangers: Buckets<IpAddr>,
    /// Wrong codes, by address.
    pub(super) wrong_codes: Buckets<IpAddr>,
    /// Wrong codes of all together.
    pub(super) all_wrong_codes: Buckets<()>,
    /// Requests of one student.
    pub(super) students: Buckets<Secret>,
}

impl Limits {
    pub(super) const fn new() -> Self {
        Self {
            // A class behind one address joins in a minute.
            strangers: Buckets::new(Rate { burst: 600.0, per_second: 60.0 }),
            wrong_codes: Buckets::new(Rate { burst: 8.0, per_second: 0.1 }),
            all_wrong_codes: Buckets::new(Rate { burst: 60.0, per_second: 0.5 }),
            students: Buckets::new(Rate { burst: 40.0, per_second: 10.0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn secrets_differ_and_are_only_themselves() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_ne!(one, other);
        assert!(
            one.is(one.reveal()) && !one.is(other.reveal()) && !one.is("") && !one.is(&one.reveal()[1..])
        );
        assert!(!format!("{one:?}").contains(one.reveal()));
        let code = Secret::code().unwrap();
        assert!(code.reveal().len() == CODE_LENGTH && code.reveal().bytes().all(|byte| CODE.contains(&byte)));
    }

    #[test]
    fn a_bucket_is_emptied_and_fills_again() {
        let mut buckets = Buckets::new(Rate { burst: 3.0, per_second: 2.0 });
        let start = Instant::now();
        let taken = (0..10).filter(|_| buckets.take(&1, start)).count();
        assert_eq!(taken, 3);
        assert!(buckets.take(&2, start), "one asker takes nothing from another");
        let later = start + Duration::from_secs(1);
        assert_eq!((0..10).filter(|_| buckets.take(&1, later)).count(), 2);
    }

    #[test]
    fn the_memory_of_askers_is_bounded() {
        let mut buckets = Buckets::new(Rate { burst: 1.0, per_second: 0.01 });
        let start = Instant::now();
        for asker in 0..3 * MOST_KNOWN {
            buckets.take(&asker, start);
        }
        assert!(buckets.known.len() <= MOST_KNOWN + 1);
    }
}
