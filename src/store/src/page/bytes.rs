//! Bytes out and bytes in: the few primitives that pages are made of. Reading never trusts a length.

/// The bytes are not what a page is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// Adds numbers and texts to a page.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// A small whole number in as few bytes as it needs.
    pub fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.0.push(number as u8 & 0x7f | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Bytes with their length.
    pub fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Several texts: lengths first, so that the text behind them compresses well.
    pub fn texts<'a>(&mut self, texts: impl Iterator<Item = &'a str> + Clone) {
        for text in texts.clone() {
            self.number(text.len());
        }
        for text in texts {
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    /// Whole numbers, each in as many bytes as the widest needs over the smallest.
    pub fn integers(&mut self, numbers: &[i64]) {
        let smallest = numbers.iter().copied().min().unwrap_or(0);
        let above = |number: &i64| number.wrapping_sub(smallest) as u64;
        let widest = numbers.iter().map(above).max().unwrap_or(0);
        let width = match widest {
            0 => 0,
            1..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xffff_ffff => 4,
            _ => 8,
        };
        self.byte(width);
        self.0.extend_from_slice(&smallest.to_le_bytes());
        for number in numbers {
            self.0.extend_from_slice(&above(number).to_le_bytes()[..usize::from(width)]);
        }
    }

    /// Which of a few rows are meant.
    pub fn flags(&mut self, flags: &[bool]) {
        for chunk in flags.chunks(8) {
            self.byte(chunk.iter().enumerate().fold(0, |byte, (bit, flag)| byte | u8::from(*flag) << bit));
        }
    }
}

/// Takes a page apart.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(Damaged)?;
        self.0 = rest;
        Ok(head)
    }

    /// The next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| Damaged)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        Ok(self.array::<1>()?[0])
    }

    /// A small whole number.
    pub fn number(&mut self) -> Result<usize, Damaged> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return usize::try_from(number).map_err(|_| Damaged);
            }
        }
        Err(Damaged)
    }

    /// Bytes with their length.
    pub fn block(&mut self) -> Result<&'a [u8], Damaged> {
        let length = self.number()?;
        self.take(length)
    }

    /// Several texts, each checked when it is looked at.
    pub fn texts(&mut self, count: usize) -> Result<Texts<'a>, Damaged> {
        let mut ends = Vec::new();
        let mut end = 0_usize;
        for _ in 0..count {
            end = end.checked_add(self.number()?).ok_or(Damaged)?;
            ends.push(end);
        }
        Ok(Texts { ends, bytes: self.take(end)? })
    }

    /// Whole numbers.
    pub fn integers(&mut self, count: usize) -> Result<Integers<'a>, Damaged> {
        let width = usize::from(self.byte()?);
        if !matches!(width, 0 | 1 | 2 | 4 | 8) {
            return Err(Damaged);
        }
        let smallest = i64::from_le_bytes(self.array()?);
        let bytes = self.take(width.checked_mul(count).ok_or(Damaged)?)?;
        Ok(Integers { count, width, smallest, bytes })
    }

    /// Which of a few rows are meant.
    pub fn flags(&mut self, count: usize) -> Result<Vec<bool>, Damaged> {
        let bytes = self.take(count.div_ceil(8))?;
        Ok((0..count).map(|row| bytes[row / 8] >> (row % 8) & 1 == 1).collect())
    }
}

/// Several texts.
#[derive(Debug)]
pub struct Texts<'a> {
    ends: Vec<usize>,
    bytes: &'a [u8],
}

impl<'a> Texts<'a> {
    /// The text at a place.
    pub fn get(&self, place: usize) -> Result<&'a str, Damaged> {
        let end = *self.ends.get(place).ok_or(Damaged)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        std::str::from_utf8(self.bytes.get(start..end).ok_or(Damaged)?).map_err(|_| Damaged)
    }
}

/// Whole numbers of one width over the smallest.
#[derive(Debug)]
pub struct Integers<'a> {
    count: usize,
    width: usize,
    smallest: i64,
    bytes: &'a [u8],
}

impl Integers<'_> {
    /// The number at a place.
    pub fn get(&self, place: usize) -> Result<i64, Damaged> {
        if place >= self.count {
            return Err(Damaged);
        }
        let above = match self.width {
            0 => 0,
            1 => u64::from(u8::from_le_bytes(self.at(place)?)),
            2 => u64::from(u16::from_le_bytes(self.at(place)?)),
            4 => u64::from(u32::from_le_bytes(self.at(place)?)),
            _ => u64::from_le_bytes(self.at(place)?),
        };
        Ok(self.smallest.wrapping_add(above as i64))
    }

    fn at<const N: usize>(&self, place: usize) -> Result<[u8; N], Damaged> {
        self.bytes.as_chunks::<N>().0.get(place).copied().ok_or(Damaged)
    }

    /// All of them.
    pub fn all(&self) -> Result<Vec<i64>, Damaged> {
        (0..self.count).map(|place| self.get(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_their_spread() {
        let cases: [&[i64]; 7] = [
            &[],
            &[7],
            &[5, 5, 5],
            &[-1, 254],
            &[i64::MIN, i64::MAX, 0],
            &[1_700_000_000_000, 1_700_000_099_999],
            &[0, 65_535],
        ];
        for numbers in cases {
            let mut writer = Writer::default();
            writer.integers(numbers);
            assert_eq!(
                Reader(&writer.0).integers(numbers.len()).and_then(|read| read.all()).as_deref(),
                Ok(numbers)
            );
        }
        for number in [0, 127, 128, 70_000, u32::MAX as usize] {
            let mut writer = Writer::default();
            writer.number(number);
            assert_eq!(Reader(&writer.0).number(), Ok(number));
        }
    }

    #[test]
    fn a_short_or_false_text_is_noticed() {
        let mut writer = Writer::default();
        writer.texts(["ab", "", "é"].into_iter());
        let texts = Reader(&writer.0).texts(3).unwrap();
        assert_eq!([0, 1, 2, 3].map(|place| texts.get(place)), [Ok("ab"), Ok(""), Ok("é"), Err(Damaged)]);
        assert_eq!(Reader(&writer.0[..writer.0.len() - 1]).texts(3).err(), Some(Damaged));
        assert_eq!(Reader(&[1, 0xff]).texts(1).unwrap().get(0), Err(Damaged));
        assert_eq!(Reader(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).number(), Err(Damaged));
        assert_eq!(Reader(&[0xff, 0xff, 0xff, 0x7f]).block(), Err(Damaged));
    }
}
