//! Query options cut into tokens.

use crate::error::ODataError;
use crate::options::bad;
use model::RowId;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name, with dots and a dollar sign (`name`, `Microsoft.Dynamics.CRM.Today`, `$count`), also `eq`, `and`, `null`.
    Name(String),
    /// A parameter alias (`@p`).
    Alias(String),
    /// `'text'` or `"text"`, unescaped.
    Text(String),
    /// A number, guid, date or instant as it stands.
    Bare(String),
    /// `( ) , / : = [ ]`
    Symbol(char),
    /// The end.
    End,
}

/// The tokens of an option's value, with a place to read from.
#[derive(Debug)]
pub struct Tokens<'a> {
    option: &'a str,
    tokens: Vec<(Token, usize)>,
    next: usize,
}

impl<'a> Tokens<'a> {
    /// Cuts the value of an option into tokens.
    pub fn new(option: &'a str, text: &str) -> Result<Self, ODataError> {
        let characters: Vec<char> = text.chars().collect();
        let mut lexer = Lexer { option, characters: &characters, position: 0 };
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next()? {
            tokens.push(token);
        }
        tokens.push((Token::End, characters.len()));
        Ok(Self { option, tokens, next: 0 })
    }

    /// The token that comes next.
    pub fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    /// The token after the next one.
    pub fn peek_second(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |(token, _)| token)
    }

    /// Takes the next token.
    pub fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    /// Takes the next token if it is this symbol.
    pub fn take_symbol(&mut self, symbol: char) -> bool {
        let is_it = *self.peek() == Token::Symbol(symbol);
        self.next += usize::from(is_it);
        is_it
    }

    /// Takes the next token if it is this word.
    pub fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Name(name) if name == word);
        self.next += usize::from(is_it);
        is_it
    }

    /// Takes a symbol that must come now.
    pub fn expect_symbol(&mut self, symbol: char) -> Result<(), ODataError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.expected(&format!("'{symbol}'"))) }
    }

    /// Takes a word that must come now.
    pub fn expect_word(&mut self, word: &str) -> Result<(), ODataError> {
        if self.take_word(word) { Ok(()) } else { Err(self.expected(&format!("'{word}'"))) }
    }

    /// Takes a name that must come now.
    pub fn expect_name(&mut self, what: &str) -> Result<String, ODataError> {
        match self.peek() {
            Token::Name(name) => {
                let name = name.clone();
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Takes `a/b/c`.
    pub fn expect_path(&mut self) -> Result<Vec<String>, ODataError> {
        let mut segments = vec![self.expect_name("a property")?];
        while self.take_symbol('/') {
            segments.push(self.expect_name("a property")?);
        }
        Ok(segments)
    }

    /// Nothing may follow.
    pub fn expect_end(&self) -> Result<(), ODataError> {
        if *self.peek() == Token::End { Ok(()) } else { Err(self.expected("the end")) }
    }

    /// The option's name.
    pub const fn option(&self) -> &'a str {
        self.option
    }

    /// The complaint that something else should stand here.
    pub fn expected(&self, what: &str) -> ODataError {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            Token::Symbol(symbol) => format!("'{symbol}'"),
            Token::Name(text) | Token::Alias(text) | Token::Text(text) | Token::Bare(text) => {
                format!("“{}”", text.chars().take(60).collect::<String>())
            }
        };
        self.bad(format!("{what} is expected, but {found} was found"))
    }

    /// A complaint about what stands here.
    pub fn bad(&self, reason: impl Into<String>) -> ODataError {
        bad(self.option, self.tokens.get(self.next).map_or(0, |(_, position)| *position), reason)
    }
}

struct Lexer<'a> {
    option: &'a str,
    characters: &'a [char],
    position: usize,
}

const GUID_LENGTH: usize = 36;

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn next(&mut self) -> Result<Option<(Token, usize)>, ODataError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.position += 1;
        }
        let start = self.position;
        let Some(first) = self.peek() else { return Ok(None) };
        let token = match first {
            '(' | ')' | ',' | '/' | ':' | '=' | '[' | ']' => {
                self.position += 1;
                Token::Symbol(first)
            }
            '\'' => Token::Text(self.quoted()?),
            '"' => Token::Text(self.json_text()?),
            '@' => {
                self.position += 1;
                Token::Alias(format!("@{}", self.word(is_name_character)))
            }
            _ if self.guid_ahead() => {
                let text = self.characters.get(start..start + GUID_LENGTH).unwrap_or_default();
                self.position += GUID_LENGTH;
                Token::Bare(text.iter().collect())
            }
            _ if first.is_ascii_digit() || first == '-' || first == '+' => {
                Token::Bare(self.word(|character| {
                    character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.' | ':')
                }))
            }
            _ if is_name_character(first) => Token::Name(self.word(is_name_character)),
            _ => return Err(bad(self.option, start, format!("'{first}' has no meaning here"))),
        };
        Ok(Some((token, start)))
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.position;
        while self.peek().is_some_and(&belongs) {
            self.position += 1;
        }
        self.characters.get(start..self.position).unwrap_or_default().iter().collect()
    }

    /// A guid may begin with a letter, so it is looked for before names are.
    fn guid_ahead(&self) -> bool {
        let Some(ahead) = self.characters.get(self.position..self.position + GUID_LENGTH) else {
            return false;
        };
        let behind = self.characters.get(self.position + GUID_LENGTH);
        behind.is_none_or(|character| !is_name_character(*character))
            && ahead.get(8) == Some(&'-')
            && ahead.iter().collect::<String>().parse::<RowId>().is_ok()
    }

    /// `'it''s'`
    fn quoted(&mut self) -> Result<String, ODataError> {
        let start = self.position;
        let mut text = String::new();
        self.position += 1;
        loop {
            match self.peek() {
                None => return Err(bad(self.option, start, "the closing ' of this text is missing")),
                Some('\'') => {
                    self.position += 1;
                    if self.peek() != Some('\'') {
                        return Ok(text);
                    }
                    text.push('\'');
                }
                Some(character) => text.push(character),
            }
            self.position += 1;
        }
    }

    /// A JSON string, as in `PropertyValues=["a","b"]`.
    fn json_text(&mut self) -> Result<String, ODataError> {
        let start = self.position;
        self.position += 1;
        let mut is_escaped = false;
        while let Some(character) = self.peek() {
            self.position += 1;
            if character == '"' && !is_escaped {
                let json: String =
                    self.characters.get(start..self.position).unwrap_or_default().iter().collect();
                return serde_json::from_str(&json)
                    .map_err(|_| bad(self.option, start, "this is no valid JSON string"));
            }
            is_escaped = character == '\\' && !is_escaped;
        }
        Err(bad(self.option, start, "the closing \" of this text is missing"))
    }
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '$')
}
