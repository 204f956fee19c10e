// Splits and combines a secret whose bytes memcheck takes for undefined, after Langley's ctgrind: any branch, or any
// index into a table, that depends on them is an error that memcheck counts. The coordinates of shares are not secret.
// The control does what the field must not do, and must be noticed.
//
// Exit codes: 0 no dependence and the control was noticed; 1 otherwise; 2 not run under valgrind.
import CMemcheck
import Glibc
import VaultCrypto

/// Reads from a table at an index that is a byte of the secret, as implementations with logarithm tables do.
@inline(never)
func tableLookup(_ table: [UInt8], _ bytes: Span<UInt8>) -> UInt8 {
    var total: UInt8 = 0
    for index in bytes.indices where table[Int(bytes[index])] > 7 { total &+= 1 }
    return total
}

func mark(_ bytes: borrowing SecretBytes, first count: Int, secret: Bool) {
    bytes.withSpan { span in
        unsafe span.withUnsafeBytes { raw in
            if secret { unsafe mark_secret(raw.baseAddress, count) } else { unsafe mark_known(raw.baseAddress, count) }
        }
    }
}

func run() throws(CryptoError) -> Int32 {
    let secret = try SecretBytes(random: 32)
    let before = errors_counted()
    mark(secret, first: 32, secret: true)
    let shares = try Shamir.split(secret, shares: 7, threshold: 4)
    // What was computed from the secret is as undefined as the secret; only the coordinates are known.
    for share in shares { mark(share.bytes, first: 32, secret: true) }
    let combined = try Shamir.combine([shares[6], shares[0], shares[3], shares[2]])
    let found = errors_counted() - before

    mark(secret, first: 32, secret: false)
    mark(combined, first: 32, secret: false)
    guard combined.isEqual(to: secret) else {
        print("the shares did not give the secret back")
        return 1
    }

    let table = (0...255).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    mark(secret, first: 32, secret: true)
    let beforeControl = errors_counted()
    let looked = secret.withSpan { tableLookup(table, $0) }
    let noticed = errors_counted() - beforeControl
    print("split and combine: \(found) dependences on secret bytes; control: \(noticed)")
    withExtendedLifetime(looked) {}
    return found == 0 && noticed > 0 ? 0 : 1
}

guard runs_under_valgrind() != 0 else {
    print("run this under valgrind (scripts/constant-time.sh)")
    exit(2)
}
do {
    exit(try run())
} catch {
    print("\(error)")
    exit(1)
}
