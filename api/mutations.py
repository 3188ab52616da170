"""What may be done: every change of the graph."""

import strawberry

from api.access.mutations.make_link_code import make_link_code
from api.access.mutations.set_clock import set_clock
from api.access.mutations.sign_in import sign_in
from api.access.mutations.unlink import unlink
from api.alarm.mutations.acknowledge_alarm import acknowledge_alarm
from api.alarm.mutations.create_alarm_rule import create_alarm_rule
from api.alarm.mutations.note_alarm import note_alarm
from api.alarm.mutations.report_event import report_event
from api.alarm.mutations.reset_alarm import reset_alarm
from api.alarm.mutations.shelve_alarm import shelve_alarm
from api.alarm.mutations.unshelve_alarm import unshelve_alarm
from api.alarm.mutations.update_alarm_rule import update_alarm_rule
from api.fire.mutations.clear_panel_condition import clear_panel_condition
from api.fire.mutations.create_fire_zone import create_fire_zone
from api.fire.mutations.delete_fire_zone import delete_fire_zone
from api.fire.mutations.report_panel_condition import report_panel_condition
from api.fire.mutations.update_fire_zone import update_fire_zone
from api.sensing.mutations.adopt_device import adopt_device
from api.sensing.mutations.create_sensor import create_sensor
from api.sensing.mutations.report_readings import report_readings
from api.sensing.mutations.return_to_service import return_to_service
from api.sensing.mutations.set_sensor_status import set_sensor_status
from api.sensing.mutations.take_out_of_service import take_out_of_service
from api.space.mutations.update_room import update_room
from api.tenancy.mutations.create_lease import create_lease
from api.tenancy.mutations.end_lease import end_lease
from api.tenancy.mutations.place_tenant import place_tenant


@strawberry.type(description="What may be done.")
class Mutation:
    sign_in = sign_in
    set_clock = set_clock
    make_link_code = make_link_code
    unlink = unlink
    create_sensor = create_sensor
    adopt_device = adopt_device
    create_alarm_rule = create_alarm_rule
    update_alarm_rule = update_alarm_rule
    acknowledge_alarm = acknowledge_alarm
    reset_alarm = reset_alarm
    shelve_alarm = shelve_alarm
    unshelve_alarm = unshelve_alarm
    note_alarm = note_alarm
    report_readings = report_readings
    set_sensor_status = set_sensor_status
    take_out_of_service = take_out_of_service
    return_to_service = return_to_service
    report_event = report_event
    create_lease = create_lease
    place_tenant = place_tenant
    end_lease = end_lease
    update_room = update_room
    create_fire_zone = create_fire_zone
    update_fire_zone = update_fire_zone
    delete_fire_zone = delete_fire_zone
    report_panel_condition = report_panel_condition
    clear_panel_condition = clear_panel_condition
