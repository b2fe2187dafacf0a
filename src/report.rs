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
    /// The CSV encoder refused a table.
    #[error("the table `{table}` could not be encoded as CSV")]
    Csv {
        /// Name of the table.
        table: &'static str,
        /// What the encoder said.
        source: csv::Error,
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
