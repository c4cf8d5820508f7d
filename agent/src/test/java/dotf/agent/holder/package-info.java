@NullMarked
package dotf.agent.holder;

import org.jspecify.annotations.NullMarked;
