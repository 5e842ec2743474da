//! Notices that come and go, and questions that wait for the user.

use super::{Session, failure_text};
use client::message::Failure;
use futures::channel::oneshot;
use leptos::prelude::*;
use model::{Columns, Reference, TableName};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MOST_TOASTS: usize = 3;
const TOAST_SECONDS: u64 = 5;
const ERROR_SECONDS: u64 = 15;

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// It worked.
    Success,
    /// Worth knowing.
    Info,
    /// It did not work.
    Error,
}

impl ToastKind {
    /// The value of `data-toast`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Error => "error",
        }
    }
}

/// A notice.
#[derive(Clone)]
pub struct Toast {
    /// Tells notices apart.
    pub number: u64,
    /// How serious it is.
    pub kind: ToastKind,
    /// What it says.
    pub text: String,
    /// A button with its label; a notice with one stays until it is closed.
    pub action: Option<(String, Callback<()>)>,
}

/// A question with two or three answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The title.
    pub title: String,
    /// What happens.
    pub body: String,
    /// The button that goes on.
    pub confirm: String,
    /// A second way to go on, if there is one.
    pub discard: Option<String>,
    /// Going on destroys something.
    pub is_dangerous: bool,
}

impl Confirmation {
    /// A question before something is destroyed.
    pub fn dangerous(title: impl Into<String>, body: impl Into<String>, confirm: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            body: body.into(),
            confirm: confirm.into(),
            discard: None,
            is_dangerous: true,
        }
    }
}

/// What the user is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Go on or not.
    Confirm(Confirmation),
    /// A new row by its quick create form.
    QuickCreate {
        /// The table.
        table: TableName,
        /// Columns already known.
        preset: Columns,
    },
    /// The new owner of rows.
    Assign,
}

/// What the user answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing shall happen.
    Cancelled,
    /// Go on.
    Confirmed,
    /// Go on without keeping.
    Discarded,
    /// This row: made or chosen.
    Row(Reference),
}

type Reply = Arc<Mutex<Option<oneshot::Sender<Answer>>>>;

/// A question on screen.
#[derive(Clone)]
pub struct Asked {
    /// Tells questions apart.
    pub number: u64,
    /// The question.
    pub question: Question,
    reply: Reply,
}

impl Session {
    /// Shows a notice.
    pub fn toast(self, kind: ToastKind, text: impl Into<String>) {
        let number = self.push_toast(kind, text.into(), None);
        let seconds = if kind == ToastKind::Error { ERROR_SECONDS } else { TOAST_SECONDS };
        set_timeout(move || self.close_toast(number), Duration::from_secs(seconds));
    }

    /// Shows a notice with a button; it stays for `seconds`, or until it is closed.
    pub fn offer(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        seconds: Option<u64>,
        act: impl Fn() + Send + Sync + 'static,
    ) {
        let action = (label.into(), Callback::new(move |()| act()));
        let number = self.push_toast(ToastKind::Info, text.into(), Some(action));
        if let Some(seconds) = seconds {
            set_timeout(move || self.close_toast(number), Duration::from_secs(seconds));
        }
    }

    fn push_toast(self, kind: ToastKind, text: String, action: Option<(String, Callback<()>)>) -> u64 {
        let toast = Toast { number: self.number(), kind, text, action };
        let number = toast.number;
        self.toasts.update(|toasts| {
            toasts.retain(|other| other.text != toast.text);
            toasts.push(toast);
            let surplus = toasts.len().saturating_sub(MOST_TOASTS);
            toasts.drain(..surplus);
        });
        number
    }

    /// Takes a notice away.
    pub fn close_toast(self, number: u64) {
        self.toasts.try_update(|toasts| toasts.retain(|toast| toast.number != number));
    }

    /// Shows a failure.
    pub fn fail(self, failure: &Failure) {
        self.toast(ToastKind::Error, failure_text(failure));
    }

    /// Asks the user and waits.
    pub async fn question(self, question: Question) -> Answer {
        let (sender, receiver) = oneshot::channel();
        let asked = Asked { number: self.number(), question, reply: Arc::new(Mutex::new(Some(sender))) };
        self.asked.update(|list| list.push(asked));
        receiver.await.unwrap_or(Answer::Cancelled)
    }

    /// Asks whether to go on.
    pub async fn confirm(self, confirmation: Confirmation) -> Answer {
        self.question(Question::Confirm(confirmation)).await
    }

    /// The questions on screen, the last one on top.
    pub fn questions(self) -> Vec<Asked> {
        self.asked.get()
    }

    /// Answers a question.
    pub fn answer(self, number: u64, answer: Answer) {
        let found = self.asked.try_update(|list| {
            let at = list.iter().position(|asked| asked.number == number)?;
            Some(list.remove(at))
        });
        if let Some(Some(asked)) = found
            && let Ok(mut reply) = asked.reply.lock()
            && let Some(sender) = reply.take()
        {
            // Who asked may be gone; then nobody needs the answer.
            let _ = sender.send(answer);
        }
    }
}
