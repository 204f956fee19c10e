@testable import Notation

/// What each of the three readers says about one document.
struct JSONVerdicts: Equatable {
    let parser: JSONError?
    let index: JSONError?
    let walker: JSONError?

    init(_ bytes: [UInt8], limits: JSONLimits = .default) {
        parser = Self.error { () throws(JSONError) in _ = try JSON(parsing: bytes, limits: limits) }
        index = Self.error { () throws(JSONError) in _ = try JSONIndex(scanning: bytes, limits: limits) }
        walker = Self.error { () throws(JSONError) in
            var output: [UInt8] = []
            try JSONTokenWalker.rewriteStrings(bytes.span, into: &output, limits: limits) { _, _ in nil }
        }
    }

    init(_ text: String, limits: JSONLimits = .default) {
        self.init(Array(text.utf8), limits: limits)
    }

    /// Whether all three give the same verdict, at the same place for the same reason.
    var agree: Bool { parser == index && index == walker }

    private static func error(_ read: () throws(JSONError) -> Void) -> JSONError? {
        do throws(JSONError) {
            try read()
            return nil
        } catch {
            return error
        }
    }
}
