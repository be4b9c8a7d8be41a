//! Reads the trees of a model file as this build writes them; anything else is left to the general reader.
//!
//! Nearly all of a large file is nodes. Their keys come in one order, so reading them is comparing bytes and parsing
//! numbers, several times as fast as a reader that expects anything.

use crate::model_file::{ModelFile, Node, Tree};

const TREES: &[u8] = br#""trees":["#;

/// The file, if its trees stand as [`ModelFile::to_json`] writes them; what else stands in it is read as always.
/// `None` says nothing about the file: the general reader judges it.
pub(crate) fn read(bytes: &[u8]) -> Option<ModelFile> {
    let start = bytes.windows(TREES.len()).position(|window| window == TREES)? + TREES.len();
    let (head, rest) = bytes.split_at(start);
    if !is_of_the_outermost_object(head.get(..start - TREES.len())?) {
        return None;
    }
    let mut reader = Reader { rest };
    let trees = reader.list(Reader::tree)?;
    // The file without its trees: their brackets stay.
    let mut without = head.to_vec();
    without.push(b']');
    without.extend_from_slice(reader.rest);
    let mut file: ModelFile = serde_json::from_slice(&without).ok()?;
    file.trees = trees;
    Some(file)
}

/// Whether the next key belongs to the file's object, not to one inside it.
fn is_of_the_outermost_object(head: &[u8]) -> bool {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in head {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    depth == 1 && !is_text
}

/// What is still to be read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// Takes these bytes if they come next.
    fn takes(&mut self, expected: &[u8]) -> bool {
        self.rest.strip_prefix(expected).map(|rest| self.rest = rest).is_some()
    }

    fn expect(&mut self, expected: &[u8]) -> Option<()> {
        self.takes(expected).then_some(())
    }

    /// Items up to the closing bracket, which is taken too; the opening one was.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if self.takes(b"]") {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if !self.takes(b",") {
                return self.expect(b"]").map(|()| items);
            }
        }
    }

    fn tree(&mut self) -> Option<Tree> {
        self.expect(br#"{"nodes":["#)?;
        let nodes = self.list(Self::node)?;
        self.expect(b"}").map(|()| Tree { nodes })
    }

    fn node(&mut self) -> Option<Node> {
        let node = if self.takes(br#"{"split":{"feature":"#) {
            self.split()?
        } else {
            self.expect(br#"{"leaf":{"value":"#)?;
            let value = self.number()?;
            self.expect(br#","cover":"#)?;
            Node::Leaf { value, cover: self.number()? }
        };
        self.expect(b"}}").map(|()| node)
    }

    fn split(&mut self) -> Option<Node> {
        let feature = self.index()?;
        self.expect(br#","threshold":"#)?;
        let threshold = self.number()?;
        self.expect(br#","missing_left":"#)?;
        let missing_left = self.takes(b"true");
        if !missing_left {
            self.expect(b"false")?;
        }
        self.expect(br#","left":"#)?;
        let left = self.index()?;
        self.expect(br#","right":"#)?;
        let right = self.index()?;
        self.expect(br#","cover":"#)?;
        Some(Node::Split { feature, threshold, missing_left, left, right, cover: self.number()? })
    }

    /// A whole number as JSON writes it.
    fn index(&mut self) -> Option<usize> {
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with(b"0") {
            return None;
        }
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// A finite number as JSON writes it, correctly rounded.
    fn number(&mut self) -> Option<f64> {
        let all = self.rest;
        self.takes(b"-");
        self.index()?;
        if self.takes(b".") {
            self.digits()?;
        }
        if self.takes(b"e") || self.takes(b"E") {
            let _ = self.takes(b"+") || self.takes(b"-");
            self.digits()?;
        }
        let text = all.get(..all.len() - self.rest.len())?;
        let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<&[u8]> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        (length > 0).then_some(digits)
    }
}
