package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.HeadTable;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.HeadGet;
import dotf.dht.wire.proto.Heads;
import dotf.dht.wire.proto.Signed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spreads heads: every member keeps the newest of each device. A head that is news to a node goes
 * on to everybody it knows; one that is not, stops there.
 */
final class HeadGossip {
  private static final Logger LOG = LoggerFactory.getLogger(HeadGossip.class);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  private final Mesh mesh;
  private final HeadTable table;
  private final Executor workers;
  private final Consumer<HeadRecord> listener;

  HeadGossip(Mesh mesh, HeadTable table, Executor workers, Consumer<HeadRecord> listener) {
    this.mesh = mesh;
    this.table = table;
    this.workers = workers;
    this.listener = listener;
  }

  /** Keeps our head and puts it to every connected member; how many have it on disk now. */
  int put(HeadRecord head) throws IOException {
    table.put(head);
    List<CompletableFuture<Boolean>> answers =
        mesh.sessions().stream()
            .map(session -> CompletableFuture.supplyAsync(() -> putTo(session, head), workers))
            .toList();
    return (int) answers.stream().filter(CompletableFuture::join).count();
  }

  private static boolean putTo(Session session, HeadRecord head) {
    try (Stream stream = session.request(FrameType.HEAD_PUT, head.signed())) {
      Frame answer = stream.next(FrameType.HEADS, ANSWER_LIMIT);
      return parse(answer).stream()
          .anyMatch(
              kept ->
                  kept.vault().equals(head.vault())
                      && kept.device().equals(head.device())
                      && kept.sequence() >= head.sequence());
    } catch (IOException e) {
      LOG.info("node {} did not take a head: {}", session.peer().brief(), e.getMessage());
      return false;
    }
  }

  /** The newest head of each device of a vault that we or any connected member know. */
  List<HeadRecord> of(PublicKey vault) {
    List<CompletableFuture<List<HeadRecord>>> answers =
        mesh.sessions().stream()
            .map(session -> CompletableFuture.supplyAsync(() -> askOf(session, vault), workers))
            .toList();
    Map<NodeId, HeadRecord> newest = new HashMap<>();
    List<HeadRecord> all = new ArrayList<>(table.of(vault));
    answers.forEach(answer -> all.addAll(answer.join()));
    for (HeadRecord head : all) {
      newest.merge(head.device(), head, (a, b) -> b.sequence() > a.sequence() ? b : a);
    }
    return List.copyOf(newest.values());
  }

  private static List<HeadRecord> askOf(Session session, PublicKey vault) {
    HeadGet get = HeadGet.newBuilder().setVault(ByteString.copyFrom(vault.bytes())).build();
    try (Stream stream = session.request(FrameType.HEAD_GET, get)) {
      return parse(stream.next(FrameType.HEADS, ANSWER_LIMIT)).stream()
          .filter(head -> head.vault().equals(vault))
          .toList();
    } catch (IOException e) {
      LOG.info("node {} did not tell its heads: {}", session.peer().brief(), e.getMessage());
      return List.of();
    }
  }

  private static List<HeadRecord> parse(Frame frame) throws IOException {
    List<HeadRecord> heads = new ArrayList<>();
    for (Signed signed : Messages.parse(Heads.parser(), frame).getHeadsList()) {
      heads.add(HeadRecord.parse(signed));
    }
    return heads;
  }

  /** Tells a member that has just come everything we have. */
  void greet(Session session) {
    table.all().forEach(head -> session.send(FrameType.HEAD_NOTIFY, head.signed()));
  }

  void answerGet(Stream stream, Frame request) throws IOException {
    byte[] vault = Messages.parse(HeadGet.parser(), request).getVault().toByteArray();
    if (vault.length != 32) {
      throw new MalformedFrameException("a vault key of " + vault.length + " bytes");
    }
    answer(stream, table.of(PublicKey.of(vault)));
  }

  void answerPut(Stream stream, Frame request) throws IOException {
    HeadRecord head = HeadRecord.parse(Messages.parse(Signed.parser(), request));
    take(head, stream.session().peer());
    answer(
        stream,
        table.of(head.vault()).stream()
            .filter(kept -> kept.device().equals(head.device()))
            .toList());
  }

  private static void answer(Stream stream, List<HeadRecord> heads) {
    Heads.Builder answer = Heads.newBuilder();
    heads.forEach(head -> answer.addHeads(head.signed()));
    stream.send(FrameType.HEADS, answer.build());
  }

  void notified(Session session, Frame notice) throws IOException {
    take(HeadRecord.parse(Messages.parse(Signed.parser(), notice)), session.peer());
  }

  private void take(HeadRecord head, @Nullable NodeId from) throws IOException {
    if (table.put(head)) {
      listener.accept(head);
      mesh.broadcast(FrameType.HEAD_NOTIFY, head.signed(), from);
    }
  }
}
