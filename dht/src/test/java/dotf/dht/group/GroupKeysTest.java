package dotf.dht.group;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.dht.group.GroupKeys.Role;
import dotf.dht.identity.NodeId;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class GroupKeysTest {
  private final GroupKeys group = GroupKeys.found(new SecureRandom());
  private final NodeId a = NodeId.ofKey(new byte[] {1});
  private final NodeId b = NodeId.ofKey(new byte[] {2});
  private final byte[] nonceA = nonce(1);
  private final byte[] nonceB = nonce(2);
  private final byte[] proofOfA = group.proof(Role.DIALER, a, b, nonceB, nonceA);

  @Test
  void proof_ofAKnownSecret_isTheSpecifiedBytes() {
    GroupKeys known = GroupKeys.joined(new byte[32], new byte[32]);

    // Computed independently: HMAC-SHA256 with a key of 32 zero bytes.
    assertThat(HexFormat.of().formatHex(known.proof(Role.DIALER, a, b, nonceB, nonceA)))
        .isEqualTo("320e8b6198e78292d8c7b7eb0f6bbec801a127b4741c7203ddf619ba8308381b");
  }

  @Test
  void proves_thePeersProof_isTrue() {
    assertThat(group.proves(proofOfA, Role.DIALER, a, b, nonceB, nonceA)).isTrue();
  }

  @Test
  void proves_ourOwnProofReflected_isFalse() {
    // B gets its own proof back from somebody who claims to be A.
    byte[] proofOfB = group.proof(Role.ACCEPTOR, b, a, nonceA, nonceB);

    assertThat(group.proves(proofOfB, Role.DIALER, a, b, nonceB, nonceA)).isFalse();
  }

  @Test
  void proves_replayedOrRelayedOrOtherGroups_isFalse() {
    GroupKeys other = GroupKeys.found(new SecureRandom());
    NodeId c = NodeId.ofKey(new byte[] {3});

    assertThat(group.proves(proofOfA, Role.DIALER, a, b, nonce(9), nonceA)).isFalse();
    assertThat(group.proves(proofOfA, Role.DIALER, a, c, nonceB, nonceA)).isFalse();
    assertThat(group.proves(proofOfA, Role.DIALER, c, b, nonceB, nonceA)).isFalse();
    assertThat(group.proves(proofOfA, Role.ACCEPTOR, a, b, nonceB, nonceA)).isFalse();
    assertThat(other.proves(proofOfA, Role.DIALER, a, b, nonceB, nonceA)).isFalse();
    assertThat(group.proves(new byte[0], Role.DIALER, a, b, nonceB, nonceA)).isFalse();
  }

  @Test
  void toString_neverShowsTheSecret() {
    assertThat(group.toString()).doesNotContain(HexFormat.of().formatHex(group.secret(), 0, 4));
  }

  private static byte[] nonce(int value) {
    byte[] nonce = new byte[GroupKeys.NONCE_BYTES];
    nonce[0] = (byte) value;
    return nonce;
  }
}
