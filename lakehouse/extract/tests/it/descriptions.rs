//! Descriptions that cannot be meant.

use std::path::Path;

use weir_extract::Description;

fn refused(text: &str) -> String {
    Description::parse(Path::new("shop.toml"), text).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_key() {
    let http = "[source]\nkind = \"http\"\nurl = \"https://shop.example/{date}\"\nformat = \"json\"\n";
    assert!(Description::parse(Path::new("shop.toml"), http).is_ok());
    for (from, to, expected) in [
        ("{date}", "{dates}", "{dates}"),
        ("{date}", "orders", "which date"),
        ("https://", "https://user:word@", "source.headers"),
        ("https://", "ftp://", "`ftp://`"),
        ("format = \"json\"\n", "", "source.format"),
        ("format", "formats", "line 4"),
        ("\"json\"\n", "\"csv\"\npages = { next = \"/n\" }\n", "only JSON"),
        ("\"json\"\n", "\"json\"\npages = { next = \"n\" }\n", "JSON pointer"),
        ("\"json\"\n", "\"json\"\npages = { first = 3 }\n", "source.pages"),
        ("\"json\"\n", "\"json\"\nmarker = \"_SUCCESS\"\n", "source.marker"),
        ("\"json\"\n", "\"json\"\nname = \"a/b\"\n", "source.name"),
        ("\"json\"\n", "\"json\"\n[limits]\nattempts = 0\n", "limits.attempts"),
        ("\"json\"\n", "\"json\"\n[source.headers]\nX = \"word\"\n", "line 6"),
    ] {
        let error = refused(&http.replacen(from, to, 1));
        assert!(error.contains(expected) && error.contains("shop.toml"), "{expected}: {error}");
        assert!(!error.contains("user:word"), "{error}");
    }
    let readable = http.replace("https", "http") + "[source.headers]\nX = { environment = \"Y\" }\n";
    assert!(refused(&readable).contains("plain_http"));
    let objects = "[source]\nkind = \"objects\"\nurl = \"s3://shop/{date}/\"\nformat = \"csv\"\n";
    assert!(refused(objects).contains("source.format"));
    assert!(refused("[source]\nkind = \"objects\"\nurl = \"gs://shop/{date}/\"\n").contains("`gs://`"));
}
