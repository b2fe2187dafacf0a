//! Requests and answers. Nothing in a request names a file: scenarios are chosen by id, runs by number, assets by fixed addresses.

use super::access::Secret;
use super::pages;
use super::session::{App, Choose, Pace, Saved};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Query, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use twiplomacy::report::html::assets;

/// Bytes of a request at the most.
const MOST_BYTES: usize = 64 << 10;
/// How long a request may take to come in and be answered; event streams only to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// Least time between two events of a stream: a page can't show more.
const PACE: Duration = Duration::from_millis(120);
/// A sign of life, so that clients who vanished are noticed.
const ALIVE: Duration = Duration::from_secs(10);
/// Cookies of the two kinds of people.
const TEACHER: &str = "twiplomacy_teacher";
const STUDENT: &str = "twiplomacy_student";
/// What pages may do: load what the server sends, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Runs of the report of a session.
const REPORT_RUNS: u64 = 500;

type Shared = State<Arc<App>>;
/// What a request gets.
type Answer = Result<Response, Refusal>;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// All addresses.
pub(super) fn router(app: Arc<App>) -> Router {
    let teach = Router::new()
        .route("/events", get(teacher_events))
        .route("/stage", get(stage))
        .route("/film", get(film))
        .route("/qr.svg", get(qr))
        .route("/choose", post(choose))
        .route("/pace", post(pace))
        .route("/reveal", post(reveal))
        .route("/round", post(round))
        .route("/session.json", get(session).post(restore))
        .route("/report.html", get(report))
        .route_layer(from_fn_with_state(Arc::clone(&app), teacher_only));
    let play = Router::new()
        .route("/events", get(student_events))
        .route("/seat", post(seat))
        .route("/vote", post(vote))
        .route("/stage", get(student_stage))
        .route("/film", get(student_film))
        .route_layer(from_fn_with_state(Arc::clone(&app), student_only));
    Router::new()
        .route("/", get(|| async { pages::student() }))
        .route("/teach", get(enter))
        .route("/assets/teacher.js", get(|| async { script(assets::teacher_script()) }))
        .route("/assets/student.js", get(|| async { script(assets::student_script()) }))
        .route("/assets/page.css", get(|| async { asset("text/css", assets::style()) }))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/api/join", post(join))
        .nest("/api/teach", teach)
        .nest("/api/play", play)
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "there is nothing at this address") })
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(Arc::clone(&app), guard))
        .layer(from_fn(headers))
        .with_state(app)
}

/// Refuses what is asked under another name or from another page, too often or too slowly.
async fn guard(
    State(app): Shared,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Answer {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !app.hosts.iter().any(|known| known == host) {
        return Err(refusal(
            StatusCode::MISDIRECTED_REQUEST,
            "the server is not asked under its own address",
        ));
    }
    if let Some(origin) = request.headers().get(header::ORIGIN) {
        let is_own = origin.to_str().is_ok_and(|origin| origin == format!("http://{host}"));
        if request.method() != Method::GET && !is_own {
            return Err(refusal(StatusCode::FORBIDDEN, "the request comes from another page"));
        }
    }
    let is_free = {
        let student = cookie(request.headers(), STUDENT);
        let mut session = app.session();
        let known = student.and_then(|text| session.students.keys().find(|secret| secret.is(text)).cloned());
        let is_teacher = cookie(request.headers(), TEACHER).is_some_and(|text| app.teacher.is(text));
        match known {
            _ if is_teacher => true,
            Some(student) => session.limits.students.take(&student, Instant::now()),
            None => session.limits.strangers.take(&peer, Instant::now()),
        }
    };
    if !is_free {
        return Err(refusal(StatusCode::TOO_MANY_REQUESTS, "too many requests; wait a little"));
    }
    let answer = tokio::time::timeout(PATIENCE, next.run(request)).await;
    answer.map_err(|_| refusal(StatusCode::REQUEST_TIMEOUT, "the request took too long"))
}

/// Headers of every answer.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CACHE_CONTROL, "no-store");
    response
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn set_cookie(name: &str, value: &str) -> [(HeaderName, String); 1] {
    [(header::SET_COOKIE, format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"))]
}

async fn teacher_only(State(app): Shared, request: Request, next: Next) -> Answer {
    if cookie(request.headers(), TEACHER).is_some_and(|text| app.teacher.is(text)) {
        return Ok(next.run(request).await);
    }
    Err(refusal(StatusCode::FORBIDDEN, "only the teacher may ask for this"))
}

/// Puts the secret of the student who asks into the request.
async fn student_only(State(app): Shared, mut request: Request, next: Next) -> Answer {
    let found = cookie(request.headers(), STUDENT)
        .and_then(|text| app.session().students.keys().find(|secret| secret.is(text)).cloned());
    let student = found.ok_or_else(|| refusal(StatusCode::FORBIDDEN, "join first"))?;
    request.extensions_mut().insert(student);
    Ok(next.run(request).await)
}

/// Why something is not done.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    reason: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, axum::Json(json!({"error": self.reason}))).into_response()
    }
}

fn refusal(status: StatusCode, reason: impl Into<String>) -> Refusal {
    Refusal { status, reason: reason.into() }
}

/// What was done, or why not.
fn done(result: Result<(), String>) -> Answer {
    result.map_err(|reason| refusal(StatusCode::CONFLICT, reason))?;
    Ok(axum::Json(json!({"ok": true})).into_response())
}

/// Reads a body; what is wrong with it is told in words.
fn read<T: for<'a> Deserialize<'a>>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| refusal(StatusCode::BAD_REQUEST, format!("not what is expected: {error}")))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

fn script(text: &'static str) -> Response {
    asset("text/javascript", text)
}

/// Runs what computes on a thread of its own, so that no request waits for another's.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let failed = |_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "the computation failed");
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

#[derive(Debug, Deserialize)]
struct Key {
    key: Option<String>,
}

/// The teacher's page; the link with the key that the program printed opens it once and for all.
async fn enter(State(app): Shared, Query(Key { key }): Query<Key>, headers: HeaderMap) -> Answer {
    if let Some(key) = key {
        if app.teacher.is(&key) {
            let to = [(header::LOCATION, "/teach".to_owned())];
            return Ok((StatusCode::SEE_OTHER, to, set_cookie(TEACHER, &key)).into_response());
        }
        return Err(refusal(StatusCode::FORBIDDEN, "wrong key"));
    }
    if cookie(&headers, TEACHER).is_some_and(|text| app.teacher.is(text)) {
        return Ok(pages::teacher());
    }
    Err(refusal(StatusCode::FORBIDDEN, "open the link that the program printed"))
}

/// A stream that begins with the present view and goes on with each change; a slow client gets fewer, never a queue of them.
fn events(
    changes: watch::Receiver<u64>,
    view: impl Fn() -> Option<Value> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let state = (changes, true, view);
    let events = stream::unfold(state, |(mut changes, is_first, view)| async move {
        if !is_first {
            tokio::time::sleep(PACE).await;
            changes.changed().await.ok()?;
        }
        changes.borrow_and_update();
        let event = Event::default().data(view()?.to_string());
        Some((Ok(event), (changes, false, view)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}

async fn teacher_events(State(app): Shared) -> impl IntoResponse {
    let shown = Arc::clone(&app);
    events(app.teacher_changes.subscribe(), move || Some(shown.teacher_view()))
}

async fn student_events(State(app): Shared, Extension(student): Extension<Secret>) -> impl IntoResponse {
    let shown = Arc::clone(&app);
    events(app.class_changes.subscribe(), move || shown.student_view(&student))
}

fn nothing_chosen() -> Refusal {
    refusal(StatusCode::CONFLICT, "nothing is chosen yet")
}

async fn stage(State(app): Shared) -> Answer {
    let stage = app.session().built.as_ref().map(|built| Arc::clone(&built.stage));
    Ok(axum::Json(stage.ok_or_else(nothing_chosen)?.as_ref().clone()).into_response())
}

#[derive(Debug, Deserialize)]
struct Wanted {
    /// `baseline` or `other`; for students `class` or `without`.
    which: String,
    #[serde(default)]
    run: u64,
}

async fn film(State(app): Shared, Query(wanted): Query<Wanted>) -> Answer {
    let ready = {
        let session = app.session();
        let built = session.built.as_ref();
        match wanted.which.as_str() {
            "baseline" => built.map(|built| Arc::clone(&built.baseline)),
            "other" => built.and_then(|built| built.other.clone()),
            _ => None,
        }
    };
    let ready = ready.ok_or_else(|| refusal(StatusCode::NOT_FOUND, "there is no such arm"))?;
    let film = apart(move || ready.film_json(&ready.film(wanted.run))).await?;
    Ok(axum::Json(film).into_response())
}

/// The code that leads phones to the page, with the join code in it.
async fn qr(State(app): Shared) -> Answer {
    let link = format!("{}/?code={}", app.address, app.code.reveal());
    let too_long = |_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "the address is too long for a code");
    let code = qrcode::QrCode::new(link.as_bytes()).map_err(too_long)?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

async fn choose(State(app): Shared, body: Bytes) -> Answer {
    let choose: Choose = read(&body)?;
    done(apart(move || app.choose(&choose)).await?)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tempo {
    Run,
    Pause,
    Step,
    Rewind,
}

async fn pace(State(app): Shared, body: Bytes) -> Answer {
    let tempo: Tempo = read(&body)?;
    {
        let mut session = app.session();
        match (tempo, session.pace) {
            (Tempo::Run, _) => session.pace = Pace::Running,
            (Tempo::Pause, _) => session.pace = Pace::Paused(0),
            (Tempo::Step, Pace::Paused(steps)) => session.pace = Pace::Paused((steps + 1).min(100)),
            (Tempo::Step, Pace::Running) => session.pace = Pace::Paused(1),
            (Tempo::Rewind, _) => {
                session.generation += 1;
                session.pace = Pace::Paused(0);
                let generation = session.generation;
                drop(session);
                app.begin_runs(generation);
            }
        }
    }
    app.tell_teacher();
    done(Ok(()))
}

async fn reveal(State(app): Shared) -> Answer {
    {
        let mut session = app.session();
        session.revealed = !session.revealed;
    }
    app.tell_teacher();
    done(Ok(()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Begin { run: u64 },
    EndTurn,
    Reveal,
}

async fn round(State(app): Shared, body: Bytes) -> Answer {
    let step: Step = read(&body)?;
    let work = move || match step {
        Step::Begin { run } => app.begin_round(run),
        Step::EndTurn => app.end_turn(),
        Step::Reveal => app.end_round(),
    };
    done(apart(work).await?)
}

async fn session(State(app): Shared) -> impl IntoResponse {
    let name = [(header::CONTENT_DISPOSITION, "attachment; filename=\"session.json\"")];
    (name, axum::Json(app.saved()))
}

async fn restore(State(app): Shared, body: Bytes) -> Answer {
    let saved: Saved = read(&body)?;
    done(apart(move || app.restore(&saved)).await?)
}

/// The self-contained page of what was played, or else of the arm or scenario that is chosen.
async fn report(State(app): Shared) -> Answer {
    let ready = {
        let session = app.session();
        let played = session.round.as_ref().map(|round| Arc::clone(&round.ready));
        let built = session.built.as_ref();
        played
            .or_else(|| built.map(|built| built.other.clone().unwrap_or_else(|| Arc::clone(&built.baseline))))
    };
    let (ready, threads) = (ready.ok_or_else(nothing_chosen)?, app.threads);
    let page = apart(move || ready.report(REPORT_RUNS, threads)).await?;
    let page = page.map_err(|reason| refusal(StatusCode::INTERNAL_SERVER_ERROR, reason))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"report.html\""),
    ];
    Ok((headers, page).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    code: String,
    #[serde(default)]
    name: String,
}

async fn join(State(app): Shared, Extension(Peer(peer)): Extension<Peer>, body: Bytes) -> Answer {
    let Join { code, name } = read(&body)?;
    if !app.code.is(&code.trim().to_uppercase()) {
        let now = Instant::now();
        let mut session = app.session();
        let is_free =
            session.limits.wrong_codes.take(&peer, now) && session.limits.all_wrong_codes.take(&(), now);
        drop(session);
        return Err(if is_free {
            refusal(StatusCode::FORBIDDEN, "wrong code")
        } else {
            refusal(StatusCode::TOO_MANY_REQUESTS, "too many wrong codes; wait a minute")
        });
    }
    let secret = app.join(&name).map_err(|reason| refusal(StatusCode::CONFLICT, reason))?;
    Ok((set_cookie(STUDENT, secret.reveal()), axum::Json(json!({"ok": true}))).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatWanted {
    seat: String,
}

async fn seat(State(app): Shared, Extension(student): Extension<Secret>, body: Bytes) -> Answer {
    let wanted: SeatWanted = read(&body)?;
    done(app.sit(&student, &wanted.seat))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vote {
    turn: usize,
    choice: String,
}

async fn vote(State(app): Shared, Extension(student): Extension<Secret>, body: Bytes) -> Answer {
    let vote: Vote = read(&body)?;
    done(app.vote(&student, vote.turn, &vote.choice))
}

/// The whole picture, once the teacher shows it.
fn revealed<T>(app: &App, of: impl FnOnce(&super::round::Round) -> T) -> Result<T, Refusal> {
    let found = app.session().round.as_ref().filter(|round| round.revealed).map(of);
    found.ok_or_else(|| refusal(StatusCode::FORBIDDEN, "the round is not over"))
}

async fn student_stage(State(app): Shared) -> Answer {
    revealed(&app, |_| ())?;
    stage(State(app)).await
}

async fn student_film(State(app): Shared, Query(wanted): Query<Wanted>) -> Answer {
    let (ready, film) = revealed(&app, |round| match wanted.which.as_str() {
        "class" => (Arc::clone(&round.ready), Arc::clone(&round.film)),
        _ => (Arc::clone(&round.without), Arc::clone(&round.film_without)),
    })?;
    Ok(axum::Json(ready.film_json(&film)).into_response())
}
