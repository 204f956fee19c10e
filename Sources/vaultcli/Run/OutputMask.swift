/// Replaces texts in a stream by `********`, however the stream is cut.
///
/// Bytes that may be the beginning of such a text are held back until it is known whether they are. Texts that overlap
/// or touch are replaced together.
struct OutputMask: Sendable {
    private static let stars = Array("********".utf8)

    private var patterns: MaskPatterns
    private var state: Int32 = 0
    /// Bytes that may still become part of a text that is replaced.
    private var held: [UInt8] = []
    /// The place of the first held byte in the stream.
    private var start = 0
    /// What is replaced, as places in the stream, apart from each other and in order.
    private var secrets: [Range<Int>] = []
    /// Where the last replacement ended.
    private var lastEnd = -1

    /// Makes a mask.
    ///
    /// - Parameter patterns: the texts to replace.
    init(_ patterns: MaskPatterns) {
        self.patterns = patterns
    }

    /// Takes the next bytes of the stream.
    ///
    /// - Parameter bytes: the bytes.
    /// - Returns: what can be passed on.
    mutating func take(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var place = start + held.count
        held += bytes
        for byte in bytes {
            state = patterns.next(byte, from: state)
            place += 1
            let length = patterns.length(at: state)
            if length > 0 { mark(place - length..<place) }
        }
        return settle(upTo: place - patterns.depth(of: state))
    }

    /// Ends the stream.
    ///
    /// - Returns: the rest that was held back.
    mutating func finish() -> [UInt8] {
        state = 0
        return settle(upTo: start + held.count)
    }

    /// Looks for other texts from now on, in what is held back too.
    ///
    /// - Parameter patterns: the texts.
    mutating func replace(_ patterns: MaskPatterns) {
        self.patterns = patterns
        state = 0
        let again = held
        held = []
        // What the old texts still hold back, the new ones may let go; it goes out with the next bytes.
        var place = start
        for byte in again {
            state = patterns.next(byte, from: state)
            place += 1
            let length = patterns.length(at: state)
            if length > 0 { mark(place - length..<place) }
        }
        held = again
    }

    private mutating func mark(_ range: Range<Int>) {
        var range = range
        while let last = secrets.last, last.upperBound >= range.lowerBound {
            range = min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
            secrets.removeLast()
        }
        secrets.append(range)
    }

    /// Passes on what no text can begin in any more.
    private mutating func settle(upTo end: Int) -> [UInt8] {
        var output: [UInt8] = []
        var place = start
        var done = 0
        while place < end {
            guard done < secrets.count, secrets[done].lowerBound < end else {
                output += held[(place - start)..<(end - start)]
                place = end
                break
            }
            let secret = secrets[done]
            if place < secret.lowerBound {
                output += held[(place - start)..<(secret.lowerBound - start)]
                place = secret.lowerBound
            }
            if lastEnd != place { output += Self.stars }
            place = min(secret.upperBound, end)
            lastEnd = place
            if secret.upperBound <= end { done += 1 } else { break }
        }
        secrets.removeFirst(done)
        held.removeFirst(place - start)
        start = place
        return output
    }
}
