internal import Notation

/// Columns for people, in the form of Vault's tool.
enum Table {
    /// Lays rows out in columns four blanks apart, the first row underlined.
    ///
    /// - Parameter rows: the heading and the rows; the last column is not padded.
    /// - Returns: lines without a line feed at the end.
    static func columns(_ rows: [[String]]) -> String {
        guard let heading = rows.first else { return "" }
        let underline = heading.map { String(repeating: "-", count: $0.unicodeScalars.count) }
        return plain([heading, underline] + rows.dropFirst())
    }

    /// Lays rows out in columns without a heading.
    ///
    /// - Parameter rows: the rows; an empty cell shows as `n/a`.
    /// - Returns: lines without a line feed at the end.
    static func plain(_ rows: [[String]]) -> String {
        let cells = rows.map { $0.map { $0.isEmpty ? "n/a" : CellText.printable($0) } }
        var widths = [Int](repeating: 0, count: cells.map(\.count).max() ?? 0)
        for row in cells {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.unicodeScalars.count) }
        }
        return cells.map { line($0, widths) }.joined(separator: "\n")
    }

    /// Lays names and values out under `Key` and `Value`.
    ///
    /// - Parameter rows: names and values.
    /// - Returns: lines without a line feed at the end.
    static func keyed(_ rows: [(String, String)]) -> String {
        columns([["Key", "Value"]] + rows.map { [$0.0, $0.1] })
    }

    /// Lays an object out under `Key` and `Value`, its members in the order of their names' bytes.
    ///
    /// - Parameter object: the object.
    /// - Returns: lines without a line feed at the end.
    static func keyed(_ object: JSONObject) -> String {
        keyed(SecretTable.rows(object))
    }

    /// A block of an answer: a title between equals signs, as wide as names of this length make the table.
    ///
    /// - Parameters:
    ///   - title: the title.
    ///   - object: the block's data.
    /// - Returns: lines without a line feed at the end.
    static func block(_ title: String, _ object: JSONObject) -> String {
        let longest = object.members.map(\.name.utf8.count).max() ?? 0
        // Four blanks between the columns and five letters in `Value`.
        return heading(title, width: longest + 9) + "\n" + keyed(object)
    }

    /// A title between equals signs.
    ///
    /// - Parameters:
    ///   - title: the title.
    ///   - width: how wide the whole should be; two signs a side are the least.
    /// - Returns: for example `== Data ==`.
    static func heading(_ title: String, width: Int) -> String {
        let room = width - title.utf8.count - 2
        let signs = String(repeating: "=", count: room <= 0 ? 2 : (room + 1) / 2)
        return "\(signs) \(title) \(signs)"
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var result = ""
        for (column, cell) in row.enumerated() {
            result += cell
            if column < row.count - 1 {
                result += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 4)
            }
        }
        return result
    }
}
