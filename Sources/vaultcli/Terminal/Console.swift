/// What the standard streams are connected to.
struct Console: Sendable {
    /// One of the standard streams.
    enum Stream: Int32, Sendable {
        /// Standard input.
        case input = 0
        /// Standard output: data.
        case output = 1
        /// Standard error: everything else.
        case error = 2
    }

    /// Writes a text to a stream.
    var write: @Sendable (Stream, String) -> Void
    /// Whether a person sits at a stream.
    var isTerminal: @Sendable (Stream) -> Bool
    /// Reads standard input to its end.
    var readInput: @Sendable () throws(Failure) -> [UInt8]
    /// Asks for a line that is not shown while it is typed.
    var readHidden: @Sendable (_ prompt: String) throws(Failure) -> String
}
