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
    let mut reader = Reader { rest: std::str::from_utf8(rest).ok()? };
    let trees = reader.list(Reader::tree)?;
    // The file without its trees: their brackets stay.
    let mut without = head.to_vec();
    without.push(b']');
    without.extend_from_slice(reader.rest.as_bytes());
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
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Takes these bytes if they come next.
    fn takes(&mut self, expected: &str) -> bool {
        self.rest.strip_prefix(expected).map(|rest| self.rest = rest).is_some()
    }

    fn expect(&mut self, expected: &str) -> Option<()> {
        self.takes(expected).then_some(())
    }

    /// Items up to the closing bracket, which is taken too; the opening one was.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if self.takes("]") {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if !self.takes(",") {
                return self.expect("]").map(|()| items);
            }
        }
    }

    fn tree(&mut self) -> Option<Tree> {
        self.expect(r#"{"nodes":["#)?;
        let nodes = self.list(Self::node)?;
        self.expect("}").map(|()| Tree { nodes })
    }

    fn node(&mut self) -> Option<Node> {
        let node = if self.takes(r#"{"split":{"feature":"#) {
            self.split()?
        } else {
            self.expect(r#"{"leaf":{"value":"#)?;
            let value = self.number()?;
            self.expect(r#","cover":"#)?;
            Node::Leaf { value, cover: self.number()? }
        };
        self.expect("}}").map(|()| node)
    }

    fn split(&mut self) -> Option<Node> {
        let feature = self.index()?;
        self.expect(r#","threshold":"#)?;
        let threshold = self.number()?;
        self.expect(r#","missing_left":"#)?;
        let missing_left = self.takes("true");
        if !missing_left {
            self.expect("false")?;
        }
        self.expect(r#","left":"#)?;
        let left = self.index()?;
        self.expect(r#","right":"#)?;
        let right = self.index()?;
        self.expect(r#","cover":"#)?;
        Some(Node::Split { feature, threshold, missing_left, left, right, cover: self.number()? })
    }

    /// A whole number as JSON writes it.
    fn index(&mut self) -> Option<usize> {
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        let add = |number: usize, digit: u8| number.checked_mul(10)?.checked_add(usize::from(digit - b'0'));
        digits.bytes().try_fold(0, add)
    }

    /// A finite number as JSON writes it, correctly rounded.
    fn number(&mut self) -> Option<f64> {
        let all = self.rest;
        self.takes("-");
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        if self.takes(".") {
            self.digits()?;
        }
        if self.takes("e") || self.takes("E") {
            let _ = self.takes("+") || self.takes("-");
            self.digits()?;
        }
        let number: f64 = all.get(..all.len() - self.rest.len())?.parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<&'a str> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        (length > 0).then_some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: &str = r#"[{"nodes":[{"split":{"feature":0,"threshold":-1.5e-7,"missing_left":true,"left":1,"right":2,"cover":3.0}},{"leaf":{"value":0.1,"cover":1}},{"leaf":{"value":-2E3,"cover":2}}]}]"#;

    fn text(notes: &str, trees: &str) -> String {
        format!(
            r#"{{"format_version":1,"name":"a \"trees\":[","features":[],"base_score":0,"calibration":{{"slope":1,"intercept":0}},{notes}"trees":{trees}}}"#
        )
    }

    #[test]
    fn trees_as_they_are_written_are_read_as_the_general_reader_reads_them() {
        for trees in [NODES, "[]", r#"[{"nodes":[]}]"#] {
            let text = text("", trees);
            let file = read(text.as_bytes());
            assert!(file.is_some(), "{text}");
            assert_eq!(file, serde_json::from_str(&text).ok());
        }
    }

    #[test]
    fn everything_else_is_left_to_the_general_reader() {
        let notes = format!(r#""notes":{{"trees":{NODES}}},"#);
        assert_eq!(read(text(&notes, "[]").as_bytes()), None);
        let changes = [
            (r#"e-7"#, "e"),
            ("-2E3", "1e999"),
            ("-2E3", "-02"),
            ("-2E3", "+2"),
            ("-2E3", "2."),
            ("-2E3", ".2"),
            ("-2E3", "NaN"),
            (":0,", ":00,"),
            (":0,", ":-1,"),
            (":0,", ":99999999999999999999,"),
            ("true", "maybe"),
            ("{\"leaf\"", " {\"leaf\""),
            ("\"left\":1,\"right\":2", "\"right\":2,\"left\":1"),
            ("}}]}]", "}}]}"),
        ];
        for (from, to) in changes {
            let changed = text("", &NODES.replace(from, to));
            assert_eq!(read(changed.as_bytes()), None, "{changed}");
        }
    }

    #[test]
    fn every_finite_number_is_read_with_its_bits() {
        let mut bits = 1_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits(bits);
            let text = serde_json::to_string(&number).unwrap();
            let found = Reader { rest: &text }.number();
            assert_eq!(found.map(f64::to_bits), number.is_finite().then_some(bits), "{text}");
        }
    }
}
