//! Repeatable choices for tests: the same seed makes the same ones on every machine.

/// Repeatable choices (xorshift).
#[derive(Clone, Debug)]
pub struct Choices(u64);

impl Choices {
    /// The choices of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below a limit, which is not zero.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    /// A number from zero to below a limit, which is above zero.
    pub fn number(&mut self, limit: i32) -> i32 {
        i32::try_from(self.below(u64::try_from(limit).unwrap_or(1))).unwrap_or(0)
    }

    /// True once in so many times.
    pub const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of the items, of which there is at least one.
    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        let index = usize::try_from(self.below(items.len() as u64)).unwrap_or(0);
        items[index].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_choices_and_another_other_ones() {
        let numbers = |seed| {
            let mut choices = Choices::new(seed);
            (0..50).map(|_| choices.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        assert!(numbers(0).iter().any(|number| *number != numbers(0)[0]), "a seed of zero too");
    }
}
