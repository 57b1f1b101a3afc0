//! Files that cannot be imported are told what is wrong with them, and do no harm.

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::employee_import::{import, people, row_problems};
use crate::support::{Api, Viewer};

async fn check(viewer: &Viewer<'_>, content: &[u8], code: &str, message: &str) {
    let payload = import(viewer, content).await;
    assert_eq!(payload["status"], "REFUSED", "{message}");
    assert_eq!(payload["import"], Value::Null);
    let problem = &payload["problems"][0];
    assert_eq!(problem["field"], "file");
    let found = problem["message"].as_str().unwrap();
    assert!(found.contains(message), "`{found}` has no `{message}`");
    assert_eq!(problem["code"], code, "{found}");
}

#[tokio::test]
async fn files_without_a_table_are_told_apart() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    check(&viewer, b"", "BLANK", "the file is empty").await;
    check(
        &viewer,
        b"\xef\xbb\xbf\r\n ; ;\r\n",
        "BLANK",
        "the file is empty",
    )
    .await;
    check(&viewer, b"code;name\r\n;\r\n", "BLANK", "no rows below").await;
    let latin = b"code;name\r\n1;Ada\r\n2;M\xfcller\r\n";
    check(&viewer, latin, "MALFORMED", "line 3 is not valid UTF-8").await;
    check(&viewer, b"\xff\xfec\0o\0", "MALFORMED", "UTF-16").await;
    check(
        &viewer,
        b"\x00\x01\x02",
        "MALFORMED",
        "neither XLSX nor CSV",
    )
    .await;
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more";
    check(&viewer, old, "MALFORMED", "old Excel workbook").await;
    check(
        &viewer,
        b"PK\x03\x04 and no more",
        "MALFORMED",
        "cannot be read",
    )
    .await;
    let open = format!("code,name\n1,\"{}", "x,y\n".repeat(20_000));
    check(&viewer, open.as_bytes(), "MALFORMED", "row 2 has a cell").await;
    let wide = "a,".repeat(200);
    check(
        &viewer,
        wide.as_bytes(),
        "MALFORMED",
        "more than 100 columns",
    )
    .await;
    let long = "code,name\n".to_owned() + &"1,Ada\n".repeat(50_001);
    check(
        &viewer,
        long.as_bytes(),
        "TOO_LARGE",
        "more than 50000 rows",
    )
    .await;
    let large = vec![b'x'; (16 << 20) + 1];
    check(&viewer, &large, "TOO_LARGE", "larger than 16 MiB").await;
    let empty = Workbook::new().save_to_buffer().unwrap();
    check(&viewer, &empty, "BLANK", "the file is empty").await;
    assert_eq!(people(&viewer).await, Vec::<String>::new());
}

#[tokio::test]
async fn columns_are_told_by_name() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let check = async |sheet: &str, expected: &[(i64, &str, &str)]| {
        let payload = import(&viewer, sheet).await;
        let expected: Vec<_> = expected
            .iter()
            .map(|(row, column, code)| (*row, (*column).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(row_problems(&payload), expected, "{sheet}");
        payload
    };
    let payload = check(
        "code,name,Shoe Size\n1,A,2\n",
        &[(1, "Shoe Size", "NOT_FOUND")],
    )
    .await;
    let hint = payload["rowProblems"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("`code`, `display name`, `sites`"), "{hint}");
    check("name\nA\n", &[(1, "code", "BLANK")]).await;
    check(
        "code\n1\n",
        &[(1, "display name", "BLANK"), (2, "display name", "BLANK")],
    )
    .await;
    check("\ncode,name,CODE\n1,A,2\n", &[(2, "CODE", "REFUSED")]).await;
    check("code,name,,\n1,A,,x\n", &[(2, "", "MALFORMED")]).await;
    let long = format!("code,name\n{},{}\n", "x".repeat(65), "y".repeat(201));
    check(
        &long,
        &[(2, "code", "TOO_LONG"), (2, "display name", "TOO_LONG")],
    )
    .await;
}

/// A workbook with this sheet and these shared texts.
fn workbook(sheet: &[u8], texts: &str) -> Vec<u8> {
    let parts: [(&str, &[u8]); 5] = [
        ("_rels/.rels", br#"<Relationships><Relationship Id="1" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const TEXTS: &str = r#"<sst uniqueCount="4"><si><t>code</t></si><si><t>name</t></si><si><t>7</t></si><si><t>Ada</t></si></sst>"#;
const SHEET: &str = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row></sheetData></worksheet>"#;

#[tokio::test]
async fn workbooks_that_would_fill_the_memory_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    // More than is allowed, by what the archive says.
    let mut blown = SHEET.replace("</sheetData>", "").into_bytes();
    blown.resize(65 << 20, b' ');
    let bomb = workbook(&blown, TEXTS);
    assert!(bomb.len() < 1 << 20);
    check(&viewer, &bomb, "TOO_LARGE", "unpacks to more than 64 MiB").await;
    // The archive says that its parts have 100 bytes each.
    let mut liar = bomb.clone();
    for (mark, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let heads: Vec<usize> = (0..liar.len() - 4)
            .filter(|at| liar[*at..].starts_with(mark))
            .collect();
        assert_eq!(heads.len(), 5);
        for at in heads {
            liar[at + offset..at + offset + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
    }
    let payload = import(&viewer, &liar).await;
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    let code = payload["problems"][0]["code"].as_str().unwrap();
    assert!(["TOO_LARGE", "MALFORMED"].contains(&code), "{payload}");
    // Room would be made for so many texts.
    let many = TEXTS.replace("\"4\"", "\"99999999999\"");
    let sheet = workbook(SHEET.as_bytes(), &many);
    check(&viewer, &sheet, "MALFORMED", "too many texts").await;
    // A cell in the last corner, and rows and columns that no sheet has.
    for place in ["XFD1048576", "A1048576", "ZZZZZZZZZZ9", "A99999999999"] {
        let cell = format!("<row><c r=\"{place}\" t=\"s\"><v>3</v></c></row></sheetData>");
        let sheet = SHEET.replace("</sheetData>", &cell);
        let payload = import(&viewer, workbook(sheet.as_bytes(), TEXTS)).await;
        assert_eq!(payload["status"], "REFUSED", "{place}: {payload}");
    }
    let texts = TEXTS.replace("Ada", &"x".repeat(1_900));
    let row: String = (2..60_000)
        .map(|n| format!("<row r=\"{n}\"><c r=\"B{n}\" t=\"s\"><v>3</v></c></row>"))
        .collect();
    let sheet = format!("<worksheet><sheetData>{row}</sheetData></worksheet>");
    let repeated = workbook(sheet.as_bytes(), &texts);
    check(&viewer, &repeated, "TOO_LARGE", "of text").await;
    assert_eq!(people(&viewer).await, Vec::<String>::new());

    // The hub lives, and the same workbook without mischief is imported.
    let payload = import(&viewer, workbook(SHEET.as_bytes(), TEXTS)).await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    assert_eq!(people(&viewer).await, ["7,Ada,,-,-,-,-"]);
}

#[tokio::test]
async fn cells_that_hold_errors_are_named() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let sheet = SHEET.replace(
        "<c r=\"B2\" t=\"s\"><v>3</v></c>",
        "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>",
    );
    let payload = import(&viewer, workbook(sheet.as_bytes(), TEXTS)).await;
    let expected = [(2, "display name".to_owned(), "MALFORMED".to_owned())];
    assert_eq!(row_problems(&payload), expected);
    let message = payload["rowProblems"][0]["message"].as_str().unwrap();
    assert!(message.contains("#N/A"), "{message}");
}
