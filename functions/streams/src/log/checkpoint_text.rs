//! The text of a checkpoint file.

use std::collections::BTreeMap;
use std::fmt::Write;

use weir_events::Sequence;

use crate::Progress;

/// Stands where the sequence does once a shard is finished.
const END: &str = "END";

/// How far a consumer has come, by stream and shard.
pub(crate) type Finished = BTreeMap<(String, String), Progress>;

/// One line a shard, then the checksum of the lines.
pub(crate) fn render(finished: Option<&Finished>) -> String {
    let mut text = String::new();
    for ((stream, shard), progress) in finished.into_iter().flatten() {
        let sequence = progress.sequence().map_or(END, Sequence::as_str);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{stream} {shard} {sequence}");
    }
    let checksum = crc32fast::hash(text.as_bytes());
    let _ = writeln!(text, "crc32 {checksum:08x}");
    text
}

/// Reads the text of a file; `None` if it is not whole.
pub(crate) fn parse(text: &str) -> Option<Finished> {
    let (lines, checksum) = text.trim_end().rsplit_once('\n').map_or(("", text.trim_end()), |parts| parts);
    let lines = &text[..(lines.len() + usize::from(!lines.is_empty()))];
    if checksum.strip_prefix("crc32 ")? != format!("{:08x}", crc32fast::hash(lines.as_bytes())) {
        return None;
    }
    lines
        .lines()
        .map(|line| {
            let mut parts = line.split(' ');
            let (stream, shard, sequence) = (parts.next()?, parts.next()?, parts.next()?);
            let is_number = !sequence.is_empty() && sequence.bytes().all(|byte| byte.is_ascii_digit());
            let progress = match sequence {
                END => Progress::Finished,
                _ if is_number => Progress::After(Sequence::new(sequence)),
                _ => return None,
            };
            parts.next().is_none().then(|| ((stream.to_owned(), shard.to_owned()), progress))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finished() -> Finished {
        let at = |shard: &str, progress| (("orders".to_owned(), shard.to_owned()), progress);
        let after = |sequence: u64| Progress::After(Sequence::from(sequence));
        [at("0", after(17)), at("1", after(4)), at("2", Progress::Finished)].into_iter().collect()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(parse(&render(Some(&finished()))), Some(finished()));
        assert_eq!(parse(&render(None)), Some(Finished::new()));
    }

    #[test]
    fn a_line_that_holds_no_sequence_is_refused_though_its_checksum_is_right() {
        for line in
            ["  \r\r\n", "orders 0\n", "orders 0 x\n", "orders 0 1 2\n", "orders 0 \n", "orders 0 -1\n"]
        {
            let text = format!("{line}crc32 {:08x}\n", crc32fast::hash(line.as_bytes()));
            assert_eq!(parse(&text), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_file_is_known_to_be_cut(cut in any::<prop::sample::Index>()) {
            let text = render(Some(&finished()));
            let cut = cut.index(text.len() - 1);
            prop_assert_eq!(parse(&text[..cut]), None);
        }

        #[test]
        fn any_text_is_answered_without_panic(text in "\\PC{0,80}") {
            parse(&text);
        }
    }
}
