internal import Notation

/// Turns a policy text into rules.
enum PolicyParser {
    /// Parses a text: any number of `path` blocks, and a `name` that is ignored.
    static func parse(_ text: [UInt8]) throws(PolicyError) -> [PathRule] {
        let blocks = try blocks(text)
        var rules: [PathRule] = []
        for block in blocks {
            var parser = PathBlockParser(block)
            rules.append(try parser.parse())
        }
        return rules
    }

    private static func blocks(_ text: [UInt8]) throws(PolicyError) -> [HCLBlock] {
        let body: HCLBody
        do throws(HCLError) { body = try HCLDocument(parsing: text).body } catch { throw PolicyError(error) }
        for item in body.items where !item.isNamed("name") && !item.isNamed("path") {
            let key = PolicyError.quoted(item.name)
            throw PolicyError("invalid key \(key) on line \(item.line)", at: item.line, item.column)
        }
        do throws(HCLError) {
            return try body.blocks(named: "path", labels: 1)
        } catch {
            throw PolicyError(error)
        }
    }
}
