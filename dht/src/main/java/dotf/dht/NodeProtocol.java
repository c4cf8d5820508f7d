package dotf.dht;

import dotf.dht.Handshake.Met;
import dotf.dht.group.MemberTable;
import dotf.dht.identity.NodeId;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.GoAway;
import dotf.dht.wire.proto.Pex;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what members send to the part of the node that deals with it. */
final class NodeProtocol implements Mesh.Protocol {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProtocol.class);

  private static final String GONE = "you are not in my group any more";

  private final Membership membership;
  private final NodeListener listener;
  private final BlockServing serving;
  private final Mesh mesh;
  private final HeadGossip heads;
  private final Auditing auditing;
  private final Locking locking;
  private final DialingBack dialingBack;
  private final Wants wants;
  private final Runnable refusedByMember;

  /**
   * @param refusedByMember called when a member says that we are not of its group any more
   */
  NodeProtocol(
      Membership membership,
      NodeListener listener,
      BlockServing serving,
      Mesh mesh,
      HeadGossip heads,
      Wants wants,
      Auditing auditing,
      Locking locking,
      DialingBack dialingBack,
      Runnable refusedByMember) {
    this.membership = membership;
    this.listener = listener;
    this.serving = serving;
    this.mesh = mesh;
    this.heads = heads;
    this.wants = wants;
    this.auditing = auditing;
    this.locking = locking;
    this.dialingBack = dialingBack;
    this.refusedByMember = refusedByMember;
  }

  @Override
  public void met(Session session, Met met, boolean first) {
    NodeId node = session.peer();
    LOG.info("connected with node {} at {}", node.brief(), session.link().remote());
    changed(met.changed(), node);
    if (!membership.table().contains(node)) {
      mesh.end(node, GONE);
      return;
    }
    heads.greet(session);
    if (first) {
      listener.connected(node);
    }
  }

  @Override
  public void admitted(NodeId node) {
    if (membership.table().contains(node)) {
      changed(Set.of(node), node);
    }
  }

  @Override
  public void refused(NodeId node, Set<NodeId> changed) {
    changed(changed, node);
  }

  @Override
  public void refusedBy(NodeId node) {
    if (membership.table().contains(node)) {
      refusedByMember.run();
    }
  }

  @Override
  public void lost(NodeId node) {
    LOG.info("node {} is not connected any more", node.brief());
    listener.disconnected(node);
  }

  @Override
  public void control(Session session, Frame frame) throws IOException {
    switch (frame.type()) {
      case PEX -> {
        MemberTable table = membership.table();
        boolean fromMember = table.contains(session.peer());
        Pex pex = Messages.parse(Pex.parser(), frame);
        changed(table.merge(pex, fromMember), session.peer());
      }
      case HEAD_NOTIFY -> heads.notified(session, frame);
      case WANT -> wants.wanted(session, frame);
      case FOUND -> wants.found(session, frame);
      case GOAWAY ->
          throw new IOException(
              "the peer goes: "
                  + Messages.printable(Messages.parse(GoAway.parser(), frame).getReason()));
      case null, default ->
          throw new MalformedFrameException("type " + frame.code() + " where it does not belong");
    }
  }

  private void changed(Set<NodeId> nodes, NodeId from) {
    if (!nodes.isEmpty()) {
      nodes.forEach(mesh::retrySoon);
      mesh.spread(from);
      MemberTable table = membership.table();
      nodes.stream().filter(node -> !table.contains(node)).forEach(node -> mesh.end(node, GONE));
      listener.membersChanged();
    }
  }

  @Override
  public void request(Stream stream, Met from, Frame request) {
    try {
      switch (request.type()) {
        case HAVE -> serving.have(stream, request);
        case GET_BLOCK -> serving.get(stream, request);
        case PUT_BLOCKS -> serving.put(stream, from, request);
        case AUDIT -> auditing.answer(stream, request);
        case LOCK -> locking.answer(stream, request);
        case DIAL_BACK -> dialingBack.answer(stream, request);
        case HANDOVER -> serving.handover(stream, from, request);
        case HEAD_GET -> heads.answerGet(stream, request);
        case HEAD_PUT -> heads.answerPut(stream, request);
        case null, default -> throw new MalformedFrameException("no request");
      }
    } catch (MalformedFrameException e) {
      LOG.warn("node {}: {}", from.record().node().brief(), e.getMessage());
      stream.session().fail(e);
    } catch (IOException e) {
      LOG.info("could not answer node {}: {}", from.record().node().brief(), e.getMessage());
      stream.fail(Error.Code.FAILED, "it failed here", Duration.ofSeconds(10));
    } catch (RuntimeException e) {
      LOG.error("could not answer node {}", from.record().node().brief(), e);
      stream.fail(Error.Code.FAILED, "it failed here", Duration.ofSeconds(10));
    }
  }
}
