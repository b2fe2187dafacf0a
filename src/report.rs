//! An ensemble as bytes: summary, tables, pictures, manifest; one run as a timeline.
//!
//! Everything here returns text or bytes. Nothing opens a file, reads a clock or prints, and equal input gives
//! equal bytes.

pub mod backtest;
pub mod bundle;
pub mod calibration;
pub mod comparison;
pub mod html;
pub mod human;
pub mod json;
pub mod manifest;
pub mod map;
pub mod network;
pub mod plot;
pub mod sampling;
pub mod sensitivity;
pub mod spread;
pub mod survey;
pub mod sweep;
pub mod tables;
pub mod text;
pub mod timeline;

#[cfg(test)]
mod sample;

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The Parquet encoder refused a table.
    #[error("the table `{table}` could not be encoded as Parquet")]
    Parquet {
        /// Name of the table.
        table: &'static str,
        /// What the encoder said.
        source: parquet::errors::ParquetError,
    },
    /// A table could not be written while its rows came.
    #[error("the table `{table}` can't be written")]
    Unwritten {
        /// Name of the table.
        table: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table that was written before can't be read.
    #[error("the table `{table}` can't be read: {reason}")]
    Unread {
        /// Name of the table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The CSV encoder refused a table.
    #[error("the table `{table}` could not be encoded as CSV: {reason}")]
    Csv {
        /// Name of the table.
        table: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// A plot could not be drawn.
    #[error("the plot `{plot}` could not be drawn: {reason}")]
    Plot {
        /// File stem of the plot.
        plot: String,
        /// What the backend said.
        reason: String,
    },
}
