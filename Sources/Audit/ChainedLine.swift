import Notation

/// A line of an audit file, taken apart into the record and its place in the chain.
struct ChainedLine {
    /// The record's text without its closing brace and without the `chain` member: what the hash covers.
    let open: ArraySlice<UInt8>
    /// The place in the chain that the line claims.
    let chain: HashChain
    /// The whole line as JSON.
    let json: JSON

    /// Takes a line apart; `nil` when it is not a record with a `chain` member at its end.
    init?(_ line: ArraySlice<UInt8>) {
        guard let json = try? JSON(parsing: Array(line), limits: .stored), let place = json["chain"],
            let hash = place["hash"]?.stringValue, let head = Hexadecimal.decode(hash), head.count == 32,
            let sequence = place["seq"]?.intValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        let chain = HashChain(head: head, sequence: sequence)
        // The member has to stand where it is written, in its one spelling: nothing may hide behind it.
        let suffix = chain.member
        guard line.count > suffix.count, line.suffix(suffix.count).elementsEqual(suffix) else { return nil }
        open = line.dropLast(suffix.count)
        self.chain = chain
        self.json = json
    }
}
