package crossbeat.linkage;

/**
 * The weights of jobs/linkage/contract.toml. Rendered by jobs/linkage/render.py: change the TOML, not this.
 *
 * <p>One fact a line: the prior log odds; the reach in metres and days; curves (offset, then x:log Bayes factor); of
 * each field what differing is worth, agreeing in a value never seen, agreeing in each value; phrases.
 */
final class Fitted {
    static final String TEXT = """
            prior -7.3178
            reach 1500 28
            curve metres 100 0:3.0298 50:3.6370 100:3.9174 200:4.0073 300:3.7704 400:3.3546 600:2.2184 800:0.8461 1000:-0.6667 1250:-2.6854 1500:-4.8009
            curve days 10 0:-1.0617 1:-0.6467 2:-0.3126 4:0.1621 7:0.5130 14:0.2779 21:-0.8233 28:-2.4342
            curve hours 1 0:1.6303 0.5:1.8335 1:1.8780 1.5:1.8356 2:1.7382 3:1.4397 4:1.0543 6:0.1354 8:-0.8982 10:-2.0000 12:-3.1471
            differs offence -2.1857
            unseen offence 0.4952
            same offence burglary 0.4952
            same offence motor_vehicle_theft 0.9094
            same offence robbery 1.0487
            differs method_of_entry -1.0304
            unseen method_of_entry 0.5523
            same method_of_entry deception 2.6552
            same method_of_entry forced 0.5523
            same method_of_entry glass_broken 1.1737
            same method_of_entry key_or_code 1.1085
            same method_of_entry lock_defeated 1.3248
            same method_of_entry no_force 1.3789
            phrase method_of_entry forced by force
            phrase method_of_entry no_force without force
            phrase method_of_entry lock_defeated with the lock picked, bumped or drilled
            phrase method_of_entry glass_broken by breaking glass
            phrase method_of_entry key_or_code with a key or a code
            phrase method_of_entry deception by deception
            phrase method_of_entry hid_within by hiding within until closing
            differs point_of_entry -1.0440
            unseen point_of_entry 0.8488
            same point_of_entry basement 2.5481
            same point_of_entry front_door 0.9824
            same point_of_entry front_window 2.0120
            same point_of_entry garage 2.2270
            same point_of_entry patio_door 1.8248
            same point_of_entry rear_door 1.3182
            same point_of_entry rear_window 1.8116
            same point_of_entry side_door 1.7531
            same point_of_entry side_window 2.2348
            same point_of_entry upper_window 2.6594
            same point_of_entry vehicle_door 0.8488
            same point_of_entry vehicle_window 2.0662
            phrase point_of_entry front_door by the front door
            phrase point_of_entry rear_door by the rear door
            phrase point_of_entry side_door by a side door
            phrase point_of_entry patio_door by the patio or balcony door
            phrase point_of_entry front_window by a front window
            phrase point_of_entry rear_window by a rear window
            phrase point_of_entry side_window by a side window
            phrase point_of_entry upper_window by a window of an upper floor
            phrase point_of_entry basement by the basement
            phrase point_of_entry garage by the garage
            phrase point_of_entry roof by the roof or a skylight
            phrase point_of_entry wall through a wall
            phrase point_of_entry vehicle_door by the door of the vehicle
            phrase point_of_entry vehicle_window by the window of the vehicle
            differs tool -1.2813
            unseen tool 0.9306
            same tool blunt_object 2.7189
            same tool bodily_force 0.9306
            same tool drill 2.7189
            same tool electronic_device 1.4216
            same tool firearm 2.1824
            same tool glass_cutter 2.7189
            same tool hammer 2.1081
            same tool key 1.3701
            same tool knife 1.7586
            same tool lock_pick 2.7189
            same tool none 2.5327
            same tool pry_tool 1.0532
            same tool thrown_object 1.9019
            phrase tool none without a tool
            phrase tool bodily_force with bare hands
            phrase tool pry_tool with a pry bar or screwdriver
            phrase tool bolt_cutter with a bolt cutter
            phrase tool glass_cutter with a glass cutter
            phrase tool hammer with a hammer or axe
            phrase tool drill with a drill or grinder
            phrase tool lock_pick with a lock pick or bump key
            phrase tool key with a key
            phrase tool electronic_device with an electronic device
            phrase tool vehicle with a vehicle
            phrase tool thrown_object with a thrown object
            phrase tool knife with a knife
            phrase tool blunt_object with a blunt object
            phrase tool firearm with a firearm
            phrase tool explosive with an explosive
            phrase tool fire with fire
            differs location_category -0.9887
            unseen location_category 0.5619
            same location_category bank 2.6416
            same location_category bar 2.5858
            same location_category convenience_store 2.4495
            same location_category hotel 2.6037
            same location_category medical 2.6416
            same location_category office 1.7864
            same location_category other 2.6416
            same location_category park 2.3800
            same location_category parking 1.8814
            same location_category public_building 2.6416
            same location_category residence 0.5619
            same location_category restaurant 2.1123
            same location_category school 2.6416
            same location_category service_station 2.6416
            same location_category shopping_mall 2.6416
            same location_category specialty_store 1.9576
            same location_category street 1.0476
            same location_category supermarket 2.6409
            same location_category transport_terminal 2.6416
            phrase location_category residence at a home
            phrase location_category street in the street
            phrase location_category parking at a car park
            phrase location_category office at an office
            phrase location_category hotel at a hotel
            phrase location_category bank at a bank
            phrase location_category bar at a bar or nightclub
            phrase location_category restaurant at a restaurant
            phrase location_category convenience_store at a convenience store
            phrase location_category specialty_store at a specialty store
            phrase location_category supermarket at a supermarket
            phrase location_category shopping_mall at a shopping mall
            phrase location_category service_station at a service station
            phrase location_category school at a school
            phrase location_category transport_terminal at a transport terminal
            phrase location_category medical at a medical place
            phrase location_category public_building at a public building
            phrase location_category park in a park
            untold offence
            """;

    private Fitted() {}
}
