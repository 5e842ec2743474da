//! Numbers that look random and are the same on every machine: SplitMix64 (Steele, Lea and Flood, 2014).

/// A stream of numbers that follows from a seed, a stream's number and an index alone.
pub struct Draw(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// How amounts and sizes spread around their median, in thousandths of it, at equal steps of likelihood.
const SPREAD: [i64; 20] = [
    180, 260, 340, 420, 500, 580, 670, 760, 870, 1000, 1140, 1300, 1500, 1750, 2050, 2450, 3000, 3900, 5400,
    8800,
];

impl Draw {
    /// The stream of one row.
    pub const fn new(seed: u64, stream: u64, index: usize) -> Self {
        let start = mix(seed ^ mix(stream.wrapping_mul(GOLDEN)));
        Self(mix(start ^ (index as u64).wrapping_mul(0xd1b5_4a32_d192_ed03)))
    }

    /// 64 more bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `bound`; zero when the bound is zero.
    pub const fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        ((self.bits() as u128 * bound as u128) >> 64) as usize
    }

    /// A number from `from` to `until`, both included.
    pub fn between(&mut self, from: i32, until: i32) -> i32 {
        let span = usize::try_from(until.saturating_sub(from)).unwrap_or(0) + 1;
        from + i32::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in this many of a hundred cases.
    pub const fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items; the type's default when there are none.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).copied().unwrap_or_default()
    }

    /// One of the items, each as likely as its weight says.
    pub fn weighted<T: Copy + Default>(&mut self, items: &[(T, usize)]) -> T {
        let mut rest = self.below(items.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in items {
            if rest < *weight {
                return *item;
            }
            rest -= weight;
        }
        T::default()
    }

    /// A number from one of the ranges (first, last, weight).
    pub fn weighted_range(&mut self, ranges: [(i32, i32, usize); 2]) -> i32 {
        let (from, until) = self.weighted(&ranges.map(|(from, until, weight)| ((from, until), weight)));
        self.between(from, until)
    }

    /// A size around a median: often smaller, sometimes many times larger.
    pub fn around(&mut self, median: i64) -> i64 {
        let step = self.below(SPREAD.len() - 1);
        let (low, high) = (SPREAD[step], SPREAD[step + 1]);
        let within = i64::from(self.between(0, 999));
        median * (low * 1000 + (high - low) * within) / 1_000_000
    }

    /// The pattern with a digit for each `#`.
    pub fn digits(&mut self, pattern: &str) -> String {
        let digit = |letter| if letter == '#' { char::from(b'0' + self.below(10) as u8) } else { letter };
        pattern.chars().map(digit).collect()
    }
}

const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_published_generator() {
        let mut draw = Draw(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423_u64];
        assert_eq!([draw.bits(), draw.bits(), draw.bits()], expected);
    }

    #[test]
    fn streams_and_indexes_do_not_repeat_each_other() {
        let mut seen = std::collections::BTreeSet::new();
        for stream in 0..20 {
            for index in 0..500 {
                assert!(seen.insert(Draw::new(7, stream, index).bits()));
            }
        }
    }

    #[test]
    fn numbers_stay_in_their_bounds_and_follow_their_weights() {
        let mut draw = Draw::new(1, 2, 3);
        assert!((0..1000).all(|_| (-3..=4).contains(&draw.between(-3, 4))));
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.pick::<i32>(&[]), 0);
        let heads = (0..1000).filter(|_| draw.weighted(&[("heads", 3), ("tails", 1)]) == "heads").count();
        assert!((700..800).contains(&heads), "{heads}");
        assert!((0..1000).all(|_| (180..8800).contains(&draw.around(1000))));
        assert!(draw.digits("+33 1 99 00 ## ##").chars().all(|letter| letter != '#'));
    }
}
