//! Types, readers and schemas from one list.

/// Joins the doc comments among attributes to one text.
macro_rules! doc_text {
    (@ [$($doc:literal)*]) => { concat!($($doc),*) };
    (@ [$($doc:literal)*] [doc = $more:literal] $($rest:tt)*) => {
        $crate::text::doc_text!(@ [$($doc)* $more] $($rest)*)
    };
    (@ [$($doc:literal)*] [$($other:tt)*] $($rest:tt)*) => { $crate::text::doc_text!(@ [$($doc)*] $($rest)*) };
}

/// What stands for a key that is absent.
macro_rules! missing {
    ($type:ty) => {
        <$type as $crate::text::FromValue>::missing()
    };
    ($type:ty, $default:expr) => {{
        let default: $type = $default;
        Some(default)
    }};
}

/// Declares a table: a struct with public fields, its reader and its schema.
///
/// Each field is a key of the same name. A field with `= default` or of type `Option` may be absent; any key that is
/// not listed is refused.
macro_rules! section {
    (
        $(#[$($meta:tt)*])*
        $vis:vis struct $name:ident {
            $($(#[$($field_meta:tt)*])* pub $field:ident: $type:ty $(= $default:expr)?),* $(,)?
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $($(#[$($field_meta)*])* pub $field: $type,)*
        }

        impl $name {
            /// The keys of the table.
            $vis const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl $crate::text::FromValue for $name {
            fn read(value: &$crate::text::Value, reader: &mut $crate::text::Reader) -> Option<Self> {
                let entries = reader.table(value, Self::KEYS)?;
                $(let $field: Option<$type> = reader.field(
                    &entries,
                    (stringify!($field), $crate::text::doc_text!(@ [] $([$($field_meta)*])*)),
                    || $crate::text::missing!($type $(, $default)?),
                );)*
                Some(Self { $($field: $field?),* })
            }

            fn schema() -> ::serde_json::Value {
                $crate::text::object_schema($crate::text::doc_text!(@ [] $([$($meta)*])*), [$({
                    let missing: Option<$type> = $crate::text::missing!($type $(, $default)?);
                    $crate::text::Field::new(
                        stringify!($field),
                        $crate::text::doc_text!(@ [] $([$($field_meta)*])*),
                        <$type as $crate::text::FromValue>::schema(),
                    )
                    .or(missing.as_ref())
                }),*])
            }
        }
    };
}

/// Declares the parameters of a rule: a struct of plain values, each of which its file writes with what it rests on,
/// `{ value = …, basis = "…", source = "…" }`.
macro_rules! params {
    (
        $(#[$($meta:tt)*])*
        $vis:vis struct $name:ident {
            $($(#[$($field_meta:tt)*])* $field_vis:vis $field:ident: $type:ty),* $(,)?
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $($(#[$($field_meta)*])* pub $field: $type,)*
        }

        impl $name {
            /// The keys of the table.
            $vis const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl $crate::text::FromValue for $name {
            fn read(value: &$crate::text::Value, reader: &mut $crate::text::Reader) -> Option<Self> {
                let entries = reader.table(value, Self::KEYS)?;
                $(let $field: Option<$crate::text::Sourced<$type>> = reader.field(
                    &entries,
                    (stringify!($field), $crate::text::doc_text!(@ [] $([$($field_meta)*])*)),
                    || None,
                );)*
                Some(Self { $($field: $field?.value),* })
            }

            fn schema() -> ::serde_json::Value {
                $crate::text::object_schema($crate::text::doc_text!(@ [] $([$($meta)*])*), [$(
                    $crate::text::Field::new(
                        stringify!($field),
                        $crate::text::doc_text!(@ [] $([$($field_meta)*])*),
                        <$crate::text::Sourced<$type> as $crate::text::FromValue>::schema(),
                    )
                ),*])
            }
        }
    };
}

/// Declares a choice of words: an enum, its names, its reader and its schema.
macro_rules! choices {
    (
        $(#[$($meta:tt)*])*
        $vis:vis enum $name:ident {
            $($(#[$($variant_meta:tt)*])* $variant:ident = $word:literal),* $(,)?
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $name {
            $($(#[$($variant_meta)*])* $variant,)*
        }

        impl $name {
            /// All of them, in order.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in files.
            $vis const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl $crate::text::FromValue for $name {
            fn read(value: &$crate::text::Value, reader: &mut $crate::text::Reader) -> Option<Self> {
                let chosen = Self::ALL.iter().copied().find(|choice| value.as_str() == Some(choice.name()));
                chosen.or_else(|| reader.refuse_choice(value, &[$($word),*]))
            }

            fn schema() -> ::serde_json::Value {
                ::serde_json::json!({
                    "description": $crate::text::doc_text!(@ [] $([$($meta)*])*).trim(),
                    "oneOf": [$({
                        "const": $word,
                        "description": $crate::text::doc_text!(@ [] $([$($variant_meta)*])*).trim(),
                    }),*],
                })
            }

            fn to_json(&self) -> Option<::serde_json::Value> {
                Some(::serde_json::json!(self.name()))
            }
        }
    };
}

pub(crate) use {choices, doc_text, missing, params, section};
