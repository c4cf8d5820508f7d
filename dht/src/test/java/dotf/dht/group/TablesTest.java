package dotf.dht.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.wire.Frame;
import dotf.dht.wire.proto.Pex;
import dotf.dht.wire.proto.RemovalPayload;
import dotf.dht.wire.proto.Signed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The members, tickets and heads that a node keeps, each across a restart. */
class TablesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path home;
  private Directory directory;
  private final GroupKeys group = GroupKeys.found(RANDOM);
  private final NodeIdentity founder = NodeIdentity.generate(RANDOM);
  private final NodeIdentity friend = NodeIdentity.generate(RANDOM);
  private final NodeIdentity stranger = NodeIdentity.generate(RANDOM);

  @BeforeEach
  void open() throws IOException {
    directory = new LinuxDisk().open(home);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  @Test
  void groupKeys_written_readBack() throws IOException {
    group.write(directory);

    assertThat(GroupKeys.read(directory).id()).isEqualTo(group.id());
    assertThat(GroupKeys.read(directory).secret()).isEqualTo(group.secret());
    assertThat(directory.stat("group")).isNotNull().extracting(FileStat::mode).isEqualTo(0600);
  }

  @Test
  void members_admittedByMembers_areKeptAcrossRestart() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      table.put(node(friend, 2));
    }
    try (MemberTable table = MemberTable.open(directory, group)) {
      assertThat(table.members()).containsExactly(founder.id(), friend.id());
      assertThat(table.node(friend.id()))
          .isNotNull()
          .extracting(NodeRecord::sequence)
          .isEqualTo(2L);
    }
  }

  @Test
  void merge_recordsInAnyOrder_letsTheChainIn() throws IOException {
    Pex pex;
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      table.admit(node(stranger, 1), friend, NOW);
      pex = all(table);
    }
    var reversed = Pex.newBuilder().addAllNodes(pex.getNodesList());
    pex.getMembersList().reversed().forEach(reversed::addMembers);
    directory.unlink("members");
    try (MemberTable table = MemberTable.open(directory, group)) {
      assertThat(table.merge(reversed.build(), true))
          .containsExactlyInAnyOrder(founder.id(), friend.id(), stranger.id());
      assertThat(table.merge(pex, true)).isEmpty();
    }
  }

  @Test
  void merge_recordSignedByAStranger_isPassedOver() throws IOException {
    MemberRecord self =
        MemberRecord.admit(group.id(), stranger.publicKey(), stranger.id(), stranger.signer(), NOW);
    MemberRecord asFounder =
        MemberRecord.admit(group.id(), stranger.publicKey(), null, stranger.signer(), NOW);
    MemberRecord inFriendsName =
        MemberRecord.admit(group.id(), stranger.publicKey(), founder.id(), stranger.signer(), NOW);
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      Pex pex =
          Pex.newBuilder()
              .addMembers(self.signed())
              .addMembers(asFounder.signed())
              .addMembers(inFriendsName.signed())
              .addNodes(node(stranger, 1).signed())
              .build();

      assertThat(table.merge(pex, true)).isEmpty();
      assertThat(table.members()).containsExactly(founder.id());
      assertThat(table.node(stranger.id())).isNull();
    }
  }

  @Test
  void open_recordsOfAnotherGroup_arePassedOver() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
    }
    try (MemberTable table = MemberTable.open(directory, GroupKeys.found(RANDOM))) {
      assertThat(table.members()).isEmpty();
    }
  }

  @Test
  void put_olderRecord_isPassedOver() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      assertThat(table.put(node(founder, 5))).isTrue();
      assertThat(table.put(node(founder, 5))).isFalse();
      assertThat(table.put(node(founder, 4))).isFalse();
      assertThat(table.put(node(stranger, 9))).isFalse();
    }
  }

  @Test
  void admit_beyondTheMost_isRefused() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      for (int i = 1; i < MemberTable.MEMBERS_MAX; i++) {
        table.admit(node(NodeIdentity.generate(RANDOM), 1), founder, NOW);
      }
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> table.admit(node(stranger, 1), founder, NOW));
    }
  }

  @Test
  void remove_isFinal_alsoAcrossRestart() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      table.remove(friend.id(), founder, NOW);
      assertThat(table.contains(friend.id())).isFalse();
    }
    try (MemberTable table = MemberTable.open(directory, group)) {
      assertThat(table.members()).containsExactly(founder.id());
      assertThat(table.removedBy(friend.id())).isEqualTo(founder.id());
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> table.admit(node(friend, 2), founder, NOW))
          .withMessageContaining("takes nobody back");
      MemberRecord again =
          MemberRecord.admit(
              group.id(), friend.publicKey(), founder.id(), founder.signer(), NOW.plusSeconds(9));
      assertThat(table.merge(Pex.newBuilder().addMembers(again.signed()).build(), true)).isEmpty();
      assertThat(table.contains(friend.id())).isFalse();
    }
  }

  @Test
  void merge_twoThatRemoveEachOther_endTheSameEverywhere() throws IOException {
    Pex both;
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      both = all(table);
    }
    Pex one = removal(RemovalRecord.of(group.id(), friend.id(), founder, NOW));
    Pex other = removal(RemovalRecord.of(group.id(), founder.id(), friend, NOW));
    for (List<Pex> order : List.of(List.of(one, other), List.of(other, one))) {
      directory.unlink("members");
      try (MemberTable table = MemberTable.open(directory, group)) {
        table.merge(both, true);
        for (Pex pex : order) {
          assertThat(table.merge(pex, true)).hasSize(1);
        }
        assertThat(table.members()).isEmpty();
      }
    }
  }

  @Test
  void merge_chainThroughARemovedMember_staysValid() throws IOException {
    Pex pex;
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      table.admit(node(stranger, 1), friend, NOW);
      table.remove(friend.id(), friend, NOW);
      pex = all(table);
    }
    directory.unlink("members");
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.merge(pex, true);
      assertThat(table.members()).containsExactly(founder.id(), stranger.id());
    }
  }

  @Test
  void merge_whatARemovedMemberSigned_isBelievedOfMembersOnly() throws IOException {
    Pex pex =
        Pex.newBuilder()
            .addMembers(
                MemberRecord.admit(
                        group.id(), stranger.publicKey(), friend.id(), friend.signer(), NOW)
                    .signed())
            .addRemovals(RemovalRecord.of(group.id(), founder.id(), friend, NOW).signed())
            .build();
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      table.remove(friend.id(), founder, NOW);

      assertThat(table.merge(pex, false)).isEmpty();
      assertThat(table.members()).containsExactly(founder.id());
      assertThat(table.merge(pex, true)).containsExactlyInAnyOrder(founder.id(), stranger.id());
    }
  }

  @Test
  void merge_removalThatIsNoMembersWordOnThisGroup_isPassedOver() throws IOException {
    RemovalRecord byStranger = RemovalRecord.of(group.id(), founder.id(), stranger, NOW);
    RemovalRecord inFriendsName =
        RemovalRecord.parse(
            Records.sign(
                RemovalPayload.parseFrom(
                    RemovalRecord.of(group.id(), founder.id(), friend, NOW).signed().getPayload()),
                stranger.signer()));
    RemovalRecord ofAnotherGroup =
        RemovalRecord.of(GroupKeys.found(RANDOM).id(), founder.id(), friend, NOW);
    RemovalRecord ofNobody = RemovalRecord.of(group.id(), stranger.id(), friend, NOW);
    Signed oversized =
        Records.sign(
            RemovalPayload.parseFrom(
                    RemovalRecord.of(group.id(), founder.id(), friend, NOW).signed().getPayload())
                .toBuilder()
                .setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(
                            99,
                            UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(new byte[1000]))
                                .build())
                        .build())
                .build(),
            friend.signer());
    Signed anAdmission =
        MemberRecord.admit(group.id(), stranger.publicKey(), friend.id(), friend.signer(), NOW)
            .signed();
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      table.admit(node(friend, 1), founder, NOW);
      Pex pex =
          Pex.newBuilder()
              .addRemovals(byStranger.signed())
              .addRemovals(inFriendsName.signed())
              .addRemovals(ofAnotherGroup.signed())
              .addRemovals(ofNobody.signed())
              .addRemovals(oversized)
              .addRemovals(anAdmission)
              .build();

      assertThat(table.merge(pex, true)).isEmpty();
      assertThat(table.members()).containsExactly(founder.id(), friend.id());
    }
  }

  @Test
  void admit_afterRemovals_goesOnUntilTheMostEver_andAllFitsIntoFrames() throws IOException {
    try (MemberTable table = MemberTable.open(directory, group)) {
      table.found(founder, NOW);
      for (int i = 1; i < MemberTable.ADMITTED_MAX; i++) {
        NodeIdentity next = NodeIdentity.generate(RANDOM);
        table.admit(largest(next), founder, NOW);
        if (i >= MemberTable.MEMBERS_MAX - 1) {
          table.remove(next.id(), next, NOW);
        }
      }
      assertThat(table.members()).hasSize(MemberTable.MEMBERS_MAX - 1);
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> table.admit(node(stranger, 1), founder, NOW))
          .withMessageContaining("begin a new group");
      assertThat(table.pex()).allMatch(pex -> pex.getSerializedSize() < Frame.BODY_MAX - 1024);
    }
  }

  @Test
  void ticket_usedUp_staysSoAcrossRestart() throws IOException {
    Ticket ticket = ticket(NOW.plus(Duration.ofHours(1)));
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      book.issue(ticket, NOW);
      book.use(ticket.token(), friend.id(), NOW);
    }
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      book.use(ticket.token(), friend.id(), NOW);
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> book.use(ticket.token(), stranger.id(), NOW))
          .withMessageContaining("used up");
    }
  }

  @Test
  void ticket_expiredOrUnknown_isRefused() throws IOException {
    Ticket ticket = ticket(NOW.plus(Duration.ofHours(1)));
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      book.issue(ticket, NOW);
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> book.use(ticket.token(), friend.id(), ticket.expiry()))
          .withMessageContaining("expired");
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> book.use(ByteString.copyFrom(new byte[16]), friend.id(), NOW))
          .withMessageContaining("does not know");
    }
  }

  @Test
  void ticket_revoked_staysSoAcrossRestart() throws IOException {
    Ticket ticket = ticket(NOW.plus(Duration.ofHours(1)));
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      book.issue(ticket, NOW);
      book.revoke(book.list(NOW).getFirst().id());
    }
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      assertThat(book.list(NOW).getFirst().state(NOW)).isEqualTo(IssuedTicket.State.REVOKED);
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> book.use(ticket.token(), friend.id(), NOW))
          .withMessageContaining("revoked");
    }
  }

  @Test
  void tickets_areListedAWeekLongerThanTheyAreGood_withoutTheirTokens() throws IOException {
    Ticket ticket = ticket(NOW.plus(Duration.ofHours(1)));
    Instant expired = ticket.expiry().plus(Duration.ofDays(7));
    try (TicketBook book = TicketBook.open(directory, NOW)) {
      book.issue(ticket, NOW);
      book.use(ticket.token(), friend.id(), NOW);
    }
    try (TicketBook book = TicketBook.open(directory, expired)) {
      IssuedTicket listed = book.list(expired).getFirst();
      assertThat(listed.users()).containsExactly(friend.id());
      assertThat(listed.state(NOW)).isEqualTo(IssuedTicket.State.USED_UP);
      assertThat(listed.state(expired)).isEqualTo(IssuedTicket.State.EXPIRED);
      assertThat(HexFormat.of().formatHex(ticket.token().toByteArray()))
          .doesNotContain(listed.id());
    }
    try (TicketBook book = TicketBook.open(directory, expired.plusSeconds(1))) {
      assertThat(book.list(expired)).isEmpty();
    }
  }

  @Test
  void heads_newestOfEachDevice_areKeptAcrossRestart() throws IOException {
    PublicKey vault = PublicKey.of(founder.publicKey());
    try (HeadTable table = HeadTable.open(directory)) {
      assertThat(table.put(head(friend.id(), 2))).isTrue();
      assertThat(table.put(head(friend.id(), 1))).isFalse();
      assertThat(table.put(head(friend.id(), 2))).isFalse();
      assertThat(table.put(head(stranger.id(), 1))).isTrue();
      assertThat(table.put(head(friend.id(), 3))).isTrue();
    }
    try (HeadTable table = HeadTable.open(directory)) {
      assertThat(table.of(vault))
          .extracting(HeadRecord::sequence)
          .containsExactlyInAnyOrder(3L, 1L);
      assertThat(table.of(PublicKey.of(stranger.publicKey()))).isEmpty();
    }
  }

  @Test
  void heads_ofMoreDevicesThanAVaultHas_arePassedOver() throws IOException {
    try (HeadTable table = HeadTable.open(directory)) {
      for (int i = 0; i < HeadTable.HEADS_PER_VAULT_MAX; i++) {
        assertThat(table.put(head(NodeId.ofKey(new byte[] {(byte) i}), 1))).isTrue();
      }
      assertThat(table.put(head(friend.id(), 1))).isFalse();
      assertThat(table.put(head(NodeId.ofKey(new byte[] {0}), 2))).isTrue();
    }
  }

  private HeadRecord head(NodeId device, long sequence) {
    return HeadRecord.sign(founder.signer(), device, sequence, BlockAddress.of(new byte[32]), NOW);
  }

  private Ticket ticket(Instant expiry) {
    byte[] token = new byte[Ticket.TOKEN_BYTES];
    RANDOM.nextBytes(token);
    return Ticket.of(
        group.id(),
        founder.id(),
        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
        token,
        1,
        expiry);
  }

  private static Pex removal(RemovalRecord removal) {
    return Pex.newBuilder().addRemovals(removal.signed()).build();
  }

  private static Pex all(MemberTable table) {
    Pex.Builder all = Pex.newBuilder();
    table.pex().forEach(all::mergeFrom);
    return all.build();
  }

  private static NodeRecord largest(NodeIdentity identity) throws IOException {
    InetAddress address =
        InetAddress.getByAddress(new byte[] {32, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    List<InetSocketAddress> addresses =
        Collections.nCopies(NodeRecord.ADDRESSES_MAX, new InetSocketAddress(address, 65_535));
    return NodeRecord.of(
        identity,
        Long.MAX_VALUE,
        addresses,
        Long.MAX_VALUE,
        new StoreId(-1, -1),
        "v".repeat(32),
        true);
  }

  private static NodeRecord node(NodeIdentity identity, long sequence) {
    return NodeRecord.of(identity, sequence, List.of(), 1, new StoreId(1, 1), "test", false);
  }
}
