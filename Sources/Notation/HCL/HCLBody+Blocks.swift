/// One block found in a body: its labels and its content.
package struct HCLBlock: Sendable, Equatable {
    /// The labels behind the block's name, in order.
    package var labels: [String]
    /// The block's content.
    package var body: HCLBody
    /// The line where the block, or its innermost label in the JSON form, starts.
    package var line: Int
    /// The column of that place.
    package var column: Int

    /// Makes an error at this block's place.
    package func error(_ reason: String) -> HCLError {
        HCLError(line: line, column: column, reason: reason)
    }
}

extension HCLItem {
    /// The item's first key.
    package var name: String { keys.first ?? "" }

    /// Whether the first key is a name, byte by byte.
    package func isNamed(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }
}

extension HCLBody {
    /// All blocks of a name with a number of labels, however they are spelled.
    ///
    /// `listener "tcp" { … }`, `{"listener": {"tcp": {…}}}`, `{"listener": [{"tcp": {…}}]}` and
    /// `{"listener": {"tcp": [{…}, {…}]}}` all give blocks with the label `tcp`. With one label, each member of the
    /// outer object is a block.
    ///
    /// - Parameters:
    ///   - name: the block's name, compared by bytes.
    ///   - labels: how many labels the block has.
    /// - Throws: ``HCLError`` at an item of that name that is no block, or has more labels.
    package func blocks(named name: String, labels: Int) throws(HCLError) -> [HCLBlock] {
        var blocks: [HCLBlock] = []
        for item in items where item.isNamed(name) {
            try Self.collect(item, Array(item.keys.dropFirst()), labels, &blocks)
        }
        return blocks
    }

    /// The value of an attribute, or `nil` when there is none.
    ///
    /// - Throws: ``HCLError`` when the name occurs more than once or carries labels: the meaning would be unclear.
    package func value(named name: String) throws(HCLError) -> HCLValue? {
        try item(named: name)?.value
    }

    /// The only item of a name, or `nil` when there is none.
    ///
    /// - Throws: ``HCLError`` when the name occurs more than once or carries labels.
    package func item(named name: String) throws(HCLError) -> HCLItem? {
        var found: HCLItem?
        for item in items where item.isNamed(name) {
            guard found == nil else { throw item.error("duplicate key") }
            guard item.keys.count == 1 else { throw item.error("unexpected label") }
            found = item
        }
        return found
    }

    /// Follows objects down to the asked number of labels. The recursion is bounded by `wanted` and the tree's depth.
    private static func collect(
        _ item: HCLItem, _ labels: [String], _ wanted: Int, _ blocks: inout [HCLBlock]
    ) throws(HCLError) {
        guard labels.count <= wanted else { throw item.error("too many labels") }
        for body in try bodies(of: item) {
            if labels.count == wanted {
                blocks.append(HCLBlock(labels: labels, body: body, line: item.line, column: item.column))
                continue
            }
            for inner in body.items {
                try collect(inner, labels + inner.keys, wanted, &blocks)
            }
        }
    }

    private static func bodies(of item: HCLItem) throws(HCLError) -> [HCLBody] {
        switch item.value {
        case .body(let body):
            return [body]
        case .list(let values):
            var bodies: [HCLBody] = []
            for value in values {
                guard case .body(let body) = value else { throw item.error("expected a block") }
                bodies.append(body)
            }
            return bodies
        default:
            throw item.error("expected a block")
        }
    }
}
