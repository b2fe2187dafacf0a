//! The two pages: empty frames that their scripts fill.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The page of the teacher.
pub(super) fn teacher() -> Response {
    page("twiplomacy", "teacher.js")
}

/// The page of the students.
pub(super) fn student() -> Response {
    page("twiplomacy", "student.js")
}

fn page(title: &str, script: &str) -> Response {
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/assets/page.css\">\n\
         <script type=\"module\" src=\"/assets/{script}\"></script>\n</head>\n<body>\n<main id=\"main\"></main>\n</body>\n</html>\n"
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}
