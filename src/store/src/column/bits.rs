//! A set of row slots, one bit each: which rows are there, which are selected, which values are present.

/// A growing set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// `length` bits, none set.
    #[must_use]
    pub fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// `length` bits, all set.
    #[must_use]
    pub fn all(length: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; length.div_ceil(64)], length };
        bits.trim();
        bits
    }

    /// How many bits there are, set or not.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Memory, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.words.capacity() * 8
    }

    /// How many bits are set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True when the bit is set; false beyond the end.
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Sets or clears a bit, growing as needed.
    pub fn put(&mut self, index: usize, value: bool) {
        if index >= self.length {
            if !value {
                return;
            }
            self.grow(index + 1);
        }
        let mask = 1 << (index % 64);
        if let Some(word) = self.words.get_mut(index / 64) {
            if value {
                *word |= mask;
            } else {
                *word &= !mask;
            }
        }
    }

    /// Makes room for `length` bits; new bits are clear.
    pub fn grow(&mut self, length: usize) {
        if length > self.length {
            self.length = length;
            self.words.resize(length.div_ceil(64), 0);
        }
    }

    /// Keeps the bits that are also set in `other`.
    pub fn keep(&mut self, other: &Self) {
        for (index, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(index).copied().unwrap_or(0);
        }
    }

    /// Clears the bits that are set in `other`.
    pub fn remove(&mut self, other: &Self) {
        for (word, gone) in self.words.iter_mut().zip(&other.words) {
            *word &= !gone;
        }
    }

    /// Adds the bits of `other`.
    pub fn add(&mut self, other: &Self) {
        self.grow(other.length);
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Keeps the set bits whose index passes; the test is asked for set bits only.
    pub fn retain(&mut self, mut test: impl FnMut(usize) -> bool) {
        for (index, word) in self.words.iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                if !test(index * 64 + bit as usize) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// Keeps the set bits whose value passes. Branch-free over whole words: for tests that cost less than a jump.
    pub fn retain_values<T: Copy>(&mut self, values: &[T], test: impl Fn(T) -> bool) {
        for (word, chunk) in self.words.iter_mut().zip(values.chunks(64)) {
            if *word == 0 {
                continue;
            }
            let mut passed = 0_u64;
            for (bit, value) in chunk.iter().enumerate() {
                passed |= u64::from(test(*value)) << bit;
            }
            *word &= passed;
        }
        for word in self.words.iter_mut().skip(values.len().div_ceil(64)) {
            *word = 0;
        }
    }

    /// The indices of the set bits, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    fn trim(&mut self) {
        if !self.length.is_multiple_of(64)
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << (self.length % 64)) - 1;
        }
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<T: IntoIterator<Item = usize>>(indices: T) -> Self {
        let mut bits = Self::default();
        indices.into_iter().for_each(|index| bits.put(index, true));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_operations_agree_with_lists() {
        let evens: Bits = (0..200).filter(|index| index % 2 == 0).collect();
        let threes: Bits = (0..130).filter(|index| index % 3 == 0).collect();
        let list = |bits: &Bits| bits.iter().collect::<Vec<_>>();
        let mut both = evens.clone();
        both.keep(&threes);
        assert_eq!(list(&both), (0..130).filter(|index| index % 6 == 0).collect::<Vec<_>>());
        let mut either = threes.clone();
        either.add(&evens);
        assert_eq!(either.count(), (0..200).filter(|i| i % 2 == 0 || (i % 3 == 0 && *i < 130)).count());
        let mut only = evens.clone();
        only.remove(&threes);
        assert_eq!(only.count(), evens.count() - both.count());
        let mut large = Bits::all(100);
        large.retain_values(&(0..70).collect::<Vec<i32>>(), |value| value >= 60);
        assert_eq!(list(&large), (60..70).collect::<Vec<_>>());
        large.retain(|index| index != 65);
        assert!(!large.has(65) && large.has(66) && !large.has(5000));
        assert_eq!(Bits::all(65).count(), 65);
    }
}
