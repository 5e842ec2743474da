//! Whole numbers by slot, each in as few bytes as the widest of them needs: most columns hold small numbers, and what is
//! small in memory stays in memory and is looked through faster.

use super::bits::Bits;
use std::marker::PhantomData;

/// Whole numbers, 0 where nothing was put.
#[derive(Clone, Debug)]
pub enum Words {
    /// In one byte each.
    Byte(Vec<i8>),
    /// In two bytes each.
    Half(Vec<i16>),
    /// In four bytes each.
    Word(Vec<i32>),
    /// In eight bytes each.
    Long(Vec<i64>),
}

impl Default for Words {
    fn default() -> Self {
        Self::Byte(Vec::new())
    }
}

/// The same for a list of each width.
macro_rules! each {
    ($words:expr, $list:ident => $then:expr) => {
        match $words {
            Words::Byte($list) => $then,
            Words::Half($list) => $then,
            Words::Word($list) => $then,
            Words::Long($list) => $then,
        }
    };
}

impl Words {
    /// How many there are.
    pub const fn length(&self) -> usize {
        each!(self, list => list.len())
    }

    /// Memory, in bytes.
    pub const fn bytes(&self) -> usize {
        match self {
            Self::Byte(list) => list.capacity(),
            Self::Half(list) => list.capacity() * 2,
            Self::Word(list) => list.capacity() * 4,
            Self::Long(list) => list.capacity() * 8,
        }
    }

    /// The number in a slot.
    pub fn get(&self, slot: usize) -> Option<i64> {
        match self {
            Self::Byte(list) => list.get(slot).copied().map(i64::from),
            Self::Half(list) => list.get(slot).copied().map(i64::from),
            Self::Word(list) => list.get(slot).copied().map(i64::from),
            Self::Long(list) => list.get(slot).copied(),
        }
    }

    /// Sets the number in a slot, growing as needed.
    pub fn put(&mut self, slot: usize, number: i64) {
        while !self.holds(number) {
            self.widen();
        }
        // It fits, so nothing is cut off here.
        match self {
            Self::Byte(list) => set(list, slot, number as i8),
            Self::Half(list) => set(list, slot, number as i16),
            Self::Word(list) => set(list, slot, number as i32),
            Self::Long(list) => set(list, slot, number),
        }
    }

    /// Makes room for so many in all, and no more.
    pub fn reserve(&mut self, length: usize) {
        each!(self, list => list.reserve_exact(length.saturating_sub(list.len())));
    }

    /// Keeps the set bits whose number passes.
    pub fn retain(&self, within: &mut Bits, test: impl Fn(i64) -> bool) {
        match self {
            Self::Byte(list) => within.retain_values(list, |number| test(i64::from(number))),
            Self::Half(list) => within.retain_values(list, |number| test(i64::from(number))),
            Self::Word(list) => within.retain_values(list, |number| test(i64::from(number))),
            Self::Long(list) => within.retain_values(list, test),
        }
    }

    const fn holds(&self, number: i64) -> bool {
        match self {
            Self::Byte(_) => number == number as i8 as i64,
            Self::Half(_) => number == number as i16 as i64,
            Self::Word(_) => number == number as i32 as i64,
            Self::Long(_) => true,
        }
    }

    fn widen(&mut self) {
        *self = match std::mem::take(self) {
            Self::Byte(list) => Self::Half(wider(&list)),
            Self::Half(list) => Self::Word(wider(&list)),
            Self::Word(list) => Self::Long(wider(&list)),
            long @ Self::Long(_) => long,
        };
    }
}

fn wider<T: Copy, W: From<T>>(list: &Vec<T>) -> Vec<W> {
    let mut wide = Vec::with_capacity(list.capacity());
    wide.extend(list.iter().map(|number| W::from(*number)));
    wide
}

fn set<T: Clone + Default>(list: &mut Vec<T>, slot: usize, number: T) {
    if slot >= list.len() {
        list.resize(slot + 1, T::default());
    }
    if let Some(place) = list.get_mut(slot) {
        *place = number;
    }
}

/// What is kept as a whole number.
pub trait Whole: Copy {
    /// The number.
    fn number(self) -> i64;
    /// What a number stands for.
    fn of(number: i64) -> Self;
}

impl Whole for i64 {
    fn number(self) -> i64 {
        self
    }

    fn of(number: i64) -> Self {
        number
    }
}

impl Whole for i32 {
    fn number(self) -> i64 {
        i64::from(self)
    }

    fn of(number: i64) -> Self {
        number as Self
    }
}

impl Whole for bool {
    fn number(self) -> i64 {
        i64::from(self)
    }

    fn of(number: i64) -> Self {
        number != 0
    }
}

/// Whole numbers of one type by slot. What stands in a slot without a value means nothing.
#[derive(Clone, Debug)]
pub struct Packed<T> {
    /// The values.
    pub words: Words,
    /// Which slots have one.
    pub present: Bits,
    of: PhantomData<T>,
}

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self { words: Words::default(), present: Bits::default(), of: PhantomData }
    }
}

impl<T: Whole> Packed<T> {
    /// The value in a slot.
    pub fn get(&self, slot: usize) -> Option<T> {
        if self.present.has(slot) { self.words.get(slot).map(T::of) } else { None }
    }

    /// Memory, in bytes.
    pub const fn bytes(&self) -> usize {
        self.words.bytes() + self.present.bytes()
    }

    /// Sets or clears the value in a slot.
    pub fn put(&mut self, slot: usize, value: Option<T>) {
        self.present.put(slot, value.is_some());
        if let Some(value) = value {
            self.words.put(slot, value.number());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_their_width() {
        let numbers = [0, -128, 127, 128, -129, 32_767, -32_769, i64::from(i32::MAX), i64::MIN, i64::MAX];
        let mut words = Words::default();
        for (slot, number) in numbers.iter().enumerate() {
            words.put(slot, *number);
            let read: Vec<_> = (0..=slot).filter_map(|slot| words.get(slot)).collect();
            assert_eq!(read, numbers[..=slot], "after {number}");
        }
        let mut within = Bits::all(20);
        words.retain(&mut within, |number| number < 0);
        assert_eq!(within.iter().collect::<Vec<_>>(), [1, 4, 6, 8]);
    }

    #[test]
    fn small_numbers_take_little_memory() {
        let mut packed = Packed::<i32>::default();
        packed.words.reserve(1000);
        (0..1000).for_each(|slot| packed.put(slot, Some(1)));
        assert!(packed.bytes() < 1200, "{}", packed.bytes());
        packed.put(3, None);
        packed.put(5000, None);
        assert_eq!((packed.get(3), packed.get(4), packed.get(5000)), (None, Some(1), None));
        packed.put(4, Some(100_000));
        assert_eq!((packed.get(4), packed.get(5), packed.words.length()), (Some(100_000), Some(1), 1000));
    }
}
