import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

import { sayEnd, sayStatus } from "./sync_words";

/** What one integration is doing: a sentence, a bar while it syncs, and the end. */
export class SyncBar extends Component {
    static template = "zoho_projects_connector.SyncBar";
    static props = { integration: Object };

    setup() {
        this.state = useState(useService("zoho_sync_status").state);
    }

    get percent() {
        return this.props.integration.progress?.percent || 0;
    }

    get sentence() {
        return sayStatus(this.props.integration, this.state);
    }

    get end() {
        return sayEnd(this.props.integration, this.state.now);
    }
}
