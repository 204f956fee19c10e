internal import Notation

/// Texts to be kept out of output, prepared so that any number of them are looked for in one pass (Aho and Corasick,
/// "Efficient string matching", 1975).
///
/// The texts are a tree by their bytes; each node knows the longest proper suffix of its text that is in the tree too,
/// and the longest text that ends there.
struct MaskPatterns: Sendable {
    /// Shorter texts are not looked for: they would be found everywhere, and tell more by their absence.
    static let shortestLength = 4

    private var bytes: [UInt8] = [0]
    private var firstChild: [Int32] = [0]
    private var sibling: [Int32] = [0]
    private var suffix: [Int32] = [0]
    private var depths: [Int32] = [0]
    private var lengths: [Int32] = [0]
    /// The children of the root by their byte; 0 for none.
    private var roots = [Int32](repeating: 0, count: 256)

    /// Prepares texts.
    ///
    /// - Parameter texts: the texts; those below ``shortestLength`` are left out.
    init(_ texts: some Sequence<[UInt8]>) {
        for text in texts where text.count >= Self.shortestLength { insert(text) }
        connect()
    }

    /// What to look for of a value: the value, each of its lines, and both as they stand in JSON.
    ///
    /// - Parameter value: a value that must not be seen.
    /// - Returns: the texts, also those that are too short.
    static func texts(of value: String) -> [[UInt8]] {
        let lines = Array(value.utf8).split { $0 == 0x0A || $0 == 0x0D }.map { Array(Array($0).trimmingASCIISpace()) }
        let plain = [Array(value.utf8)] + (lines.count > 1 ? lines : lines.filter { $0.count < value.utf8.count })
        let escaped = JSON.string(value).serialized().dropFirst().dropLast()
        return plain + (escaped.elementsEqual(value.utf8) ? [] : [Array(escaped)])
    }

    /// The node that a byte leads to.
    ///
    /// - Parameters:
    ///   - byte: the byte.
    ///   - state: the node so far; 0 is the beginning.
    /// - Returns: the node of the longest end of all bytes so far that begins a text.
    func next(_ byte: UInt8, from state: Int32) -> Int32 {
        var state = state
        while state != 0 {
            let child = child(byte, of: state)
            if child != 0 { return child }
            state = suffix[Int(state)]
        }
        return roots[Int(byte)]
    }

    /// How many of the last bytes begin a text.
    func depth(of state: Int32) -> Int { Int(depths[Int(state)]) }

    /// The length of the longest text that ends here; 0 when none does.
    func length(at state: Int32) -> Int { Int(lengths[Int(state)]) }

    private func child(_ byte: UInt8, of node: Int32) -> Int32 {
        if node == 0 { return roots[Int(byte)] }
        var child = firstChild[Int(node)]
        while child != 0, bytes[Int(child)] != byte { child = sibling[Int(child)] }
        return child
    }

    private mutating func insert(_ text: [UInt8]) {
        var node: Int32 = 0
        for byte in text {
            let present = child(byte, of: node)
            node = present == 0 ? add(byte, to: node) : present
        }
        lengths[Int(node)] = depths[Int(node)]
    }

    private mutating func add(_ byte: UInt8, to parent: Int32) -> Int32 {
        let node = Int32(bytes.count)
        bytes.append(byte)
        firstChild.append(0)
        suffix.append(0)
        depths.append(depths[Int(parent)] + 1)
        lengths.append(0)
        if parent == 0 {
            sibling.append(0)
            roots[Int(byte)] = node
        } else {
            sibling.append(firstChild[Int(parent)])
            firstChild[Int(parent)] = node
        }
        return node
    }

    /// Finds the suffixes, the nodes nearest to the root first.
    private mutating func connect() {
        var nodes = roots.filter { $0 != 0 }
        var index = 0
        while index < nodes.count {
            let node = nodes[index]
            index += 1
            var child = firstChild[Int(node)]
            while child != 0 {
                let suffix = next(bytes[Int(child)], from: self.suffix[Int(node)])
                self.suffix[Int(child)] = suffix
                lengths[Int(child)] = max(lengths[Int(child)], lengths[Int(suffix)])
                nodes.append(child)
                child = sibling[Int(child)]
            }
        }
    }
}
