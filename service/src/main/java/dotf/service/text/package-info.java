/** What people read: tables, sizes, progress, and names made safe to print. */
@NullMarked
package dotf.service.text;

import org.jspecify.annotations.NullMarked;
