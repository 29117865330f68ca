//! A page is run as a reader would run it; a failure names its block.

use std::time::Instant;

use super::*;

#[test]
fn blocks_share_a_session_and_files_are_there_before_them() {
    let page = "
<!-- file: greet.py -->

```python
print('hello')
```
```text
not run: exit 1
```
1. In a list:
   ```sh
   greeting=$(cat \"$README_DIR/greet.py\")
   sleep 300 &
   ```
```sh
test \"$greeting\" = \"print('hello')\"
kill -0 $!
```
";
    let started = Instant::now();
    tried(page, Duration::from_secs(30)).unwrap();
    assert!(started.elapsed() < Duration::from_secs(9), "the background process was not ended in order");
}

#[test]
fn a_failure_names_the_block_the_line_and_the_output() {
    let page =
        "# Title\n```sh\ntrue\n```\n\n```sh\necho so far so good\nno-such-program\necho not reached\n```\n";
    let error = tried(page, Duration::from_secs(30)).unwrap_err().to_string();
    assert!(error.starts_with("README.md:7: this block ended with exit status: 127"), "{error}");
    assert!(
        error.contains("so far so good") && error.contains("line 8") && !error.contains("not reached"),
        "{error}"
    );
}

#[test]
fn a_page_that_takes_too_long_is_stopped() {
    let error =
        tried("```sh\necho waiting\nsleep 300\n```\n", Duration::from_millis(300)).unwrap_err().to_string();
    assert!(error.contains("stopped in this block") && error.contains("waiting"), "{error}");
}

#[test]
fn a_page_that_cannot_be_run_is_refused() {
    let refused = |page| tried(page, Duration::from_secs(30)).unwrap_err().to_string();
    assert!(refused("```text\nls\n```\n").contains("no `sh` block"));
    assert!(refused("text\n```sh\nls\n").contains("README.md:2: this block does not end"));
    assert!(refused("<!-- file: ../x -->\n```sh\nls\n```\n").contains("not the name of a file"));
}

fn tried(page: &str, limit: Duration) -> anyhow::Result<()> {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    perform(page, dir, &dir.join("scratch"), limit)
}
